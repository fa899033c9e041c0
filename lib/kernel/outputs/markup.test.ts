/** Rules of md, html and svg: what a cell writes is markup, what it puts in is text. */
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { bundleOf } from "../outputs.ts";
import { html, md, svg } from "./markup.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const drawing = (): object => {
  const node = document.createElement("b");
  node.textContent = "<bold>";
  return node;
};

describe("md", () => {
  it("is Markdown with its LaTeX as it was written", async () => {
    expect(await bundleOf(md`The loss is $\frac{1}{n}\sum_i e_i$, now **${0.5}**.`)).toEqual({
      "text/markdown": String.raw`The loss is $\frac{1}{n}\sum_i e_i$, now **0.5**.`,
      "text/plain": String.raw`The loss is $\frac{1}{n}\sum_i e_i$, now **0.5**.`,
    });
  });

  it("stands at the left edge however deep its code does", () => {
    const written = md`
      # Title

      - one
        - two
    `;
    expect(String(written)).toBe("# Title\n\n- one\n  - two");
    expect(
      String(md`
one
two
      `),
    ).toBe("one\ntwo");
    expect(String(md``)).toBe("");
  });

  it("takes backquotes and dollars that the template needs escaped", () => {
    expect(
      String(md`
\`code\` and \${price}
      `),
    ).toBe("`code` and ${price}");
  });

  it("joins lists, takes Markdown as it is, leaves out what is not there", () => {
    expect(String(md`${["a", "b"].map((one) => md`- ${one}\n`)}${undefined}${null}${false}`)).toBe(
      "- a\\n- b\\n",
    );
    expect(String(md("# " + "built"))).toBe("# built");
  });

  it("refuses a picture with a sentence", () => {
    expect(() => md`${drawing()}`).toThrow(/html`…`/);
    expect(() => md`${html`<b>x</b>`}`).toThrow(/words alone/);
  });
});

describe("html", () => {
  it("escapes what is put into it", async () => {
    const name = `<img src=x onerror="go()">&'`;
    expect(await bundleOf(html`<p title="${name}">${name}</p>`)).toMatchObject({
      "text/html":
        '<p title="&lt;img src=x onerror=&quot;go()&quot;&gt;&amp;&#39;">&lt;img src=x onerror=&quot;go()&quot;&gt;&amp;&#39;</p>',
    });
  });

  it("takes drawings, other markup and lists of them as markup", () => {
    const tag = html; // Under its own name a formatter would lay it out anew.
    const items = ["a", "<"].map((one) => tag`<li>${one}</li>`);
    expect(String(tag`<ul>${items}</ul>${drawing()}${7}`)).toBe(
      "<ul><li>a</li><li>&lt;</li></ul><b>&lt;bold&gt;</b>7",
    );
  });
});

describe("svg", () => {
  it("is a picture, and part of one", async () => {
    const dots = [1, 2].map((x) => svg`<circle cx="${x}" r="1"/>`);
    expect(await bundleOf(svg`<svg viewBox="0 0 9 9">${dots}<text>two</text></svg>`)).toEqual({
      "image/svg+xml":
        '<svg viewBox="0 0 9 9"><circle cx="1" r="1"/><circle cx="2" r="1"/><text>two</text></svg>',
      "text/plain": "two",
    });
  });
});
