// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { expect, it } from "vitest";
import Markdown from "./Markdown.svelte";
import { firstLine, renderMarkdown } from "./markdown.ts";

it("renders what people write in Markdown, and leaves their HTML as text", () => {
  const html = renderMarkdown("# Title\n\nSome *words*, `code` and <b onclick=x>tags</b>.");
  expect(html).toContain("<h1>Title</h1>");
  expect(html).toContain("<em>words</em>");
  expect(html).toContain("&lt;b onclick=x&gt;");
});

it("marks formulas, but not money", () => {
  expect(renderMarkdown("The loss $L = \\sum_i x_i$ falls.")).toContain(
    `<span class="formula">L = \\sum_i x_i</span>`,
  );
  expect(renderMarkdown("$$\na < b\n$$")).toContain(
    `<span class="formula display">a &lt; b</span>`,
  );
  expect(renderMarkdown("It cost $5 and then $6.")).not.toContain("formula");
  expect(renderMarkdown("a $ b $ c")).not.toContain("formula");
});

it("does not let a formula out of its span", () => {
  expect(renderMarkdown(`$</span><script>x</script>$`)).not.toContain("<script>");
});

it("shows in the page only what is harmless, and draws formulas", async () => {
  const source = `[a](javascript:alert(1)) ![x](x" onerror="y) $x^2$\n\n<img src=x onerror=alert(1)>`;
  const page = mount(Markdown, { target: document.body, props: { source } });
  flushSync();
  const html = document.body.innerHTML;
  expect(html).not.toMatch(/<img[^>]*onerror|href="javascript/);
  await expect.poll(() => document.querySelector(".katex")).not.toBeNull();
  await unmount(page);
});

it("finds a title in the first line that says something", () => {
  expect(firstLine("\n\n## Which penguin?\n\ntext")).toBe("Which penguin?");
  expect(firstLine(" \n")).toBeUndefined();
});
