// @vitest-environment jsdom
// The purifier needs a document that works; happy-dom lets everything through.
import { describe, expect, it } from "vitest";
import { sanitiseForFrame, sanitiseProse, sanitiseSvg } from "./sanitise.ts";

const inks = { ink: "rgb(27, 26, 24)", paper: "rgb(253, 253, 251)" };
const htmlOf = (html: string): string => {
  const holder = document.createElement("div");
  holder.append(sanitiseProse(html));
  return holder.innerHTML;
};

describe("prose", () => {
  it("loses scripts, handlers, styles and everything that could cover the page", () => {
    const html = htmlOf(
      `<p onclick="x()" style="position:fixed" id="here">a<script>alert(1)</script></p>` +
        `<style>body{display:none}</style><iframe src="/"></iframe><form action="/"><input></form>`,
    );
    expect(html).toContain("<p>a</p>");
    expect(html).not.toMatch(/script|onclick|style|iframe|form|input|id=/);
  });

  it("keeps links that lead somewhere honest, and opens what lies outside in a tab of its own", () => {
    expect(htmlOf(`<a href="https://a.example">a</a>`)).toContain(`rel="noopener noreferrer"`);
    expect(htmlOf(`<a href="/w/x/runs">a</a>`)).not.toContain("target");
    for (const href of [
      "javascript:alert(1)",
      "JaVaScRiPt:x",
      "data:text/html,x",
      "//evil.example",
    ])
      expect(htmlOf(`<a href="${href}">a</a>`)).not.toContain("href");
  });
});

describe("a frame's html", () => {
  it("keeps its own styles, but no script, form, base or refresh", () => {
    const html = sanitiseForFrame(
      `<style>p{color:red}</style><base href="https://evil.example"><meta http-equiv="refresh" content="0">` +
        `<p onmouseover="x()" style="color:red">a</p><script>x()</script><form action="/x"><button>b</button></form>`,
    );
    expect(html).toContain("color:red");
    expect(html).not.toMatch(/<script|onmouseover|<base|<meta|<form|<button/);
  });
});

describe("a picture", () => {
  it("is well-formed, has its size and the theme's ink, and nothing that runs or leads away", () => {
    const picture = sanitiseSvg(
      `<svg width="640" height="400" viewBox="0 0 640 400" fill="currentColor" aria-label="a plot" onload="x()">` +
        `<style>.a{fill:red}</style><script>x()</script><a href="https://evil.example"><circle r="3"/></a>` +
        `<foreignObject><body><b>x</b></body></foreignObject></svg>`,
      inks,
    );
    expect(picture).toMatchObject({ width: 640, height: 400, label: "a plot" });
    expect(picture?.svg).toContain("rgb(27, 26, 24)");
    expect(picture?.svg).toContain("xmlns=");
    expect(picture?.svg).not.toMatch(/script|onload|foreignObject|evil/i);
  });

  it("is drawn in the theme's ink where it is black, unless it brings paper of its own", () => {
    const black = `<circle r="3" fill="black"/><path stroke="#000"/><path fill="#123456"/>`;
    const drawn = sanitiseSvg(`<svg width="9" height="9">${black}</svg>`, inks)?.svg ?? "";
    expect(drawn).not.toMatch(/black|#000"/);
    expect(drawn).toContain("#123456");
    const paper = `<svg width="9" height="9"><rect fill="white"/>${black}</svg>`;
    expect(sanitiseSvg(paper, inks)?.svg).toContain(`fill="black"`);
  });

  it("takes its size from the view box where it says none, and no size from nonsense", () => {
    expect(sanitiseSvg(`<svg viewBox="0 0 20 10"></svg>`, inks)).toMatchObject({
      width: 20,
      height: 10,
    });
    expect(sanitiseSvg(`<svg width="1e99" viewBox="a b"></svg>`, inks)).toMatchObject({
      width: null,
      height: null,
    });
  });

  it("is refused where there is no svg in it", () => {
    expect(sanitiseSvg("<p>no picture</p>", inks)).toBeUndefined();
    expect(sanitiseSvg("", inks)).toBeUndefined();
  });
});
