// @vitest-environment jsdom
// Formulas are other people's: whatever they say, the page goes on, soon.
import { expect, it } from "vitest";
import { drawFormulas } from "./formulas.ts";

function drawn(...formulas: string[]): HTMLElement {
  const text = document.createElement("div");
  for (const formula of formulas) {
    const span = document.createElement("span");
    span.className = "formula";
    span.textContent = formula;
    text.append(span);
  }
  drawFormulas(text);
  return text;
}

it.each([
  ["nested without end", "{".repeat(2500) + "}".repeat(2500)],
  ["fractions in fractions", "\\frac{1}{".repeat(500) + "1" + "}".repeat(500)],
  ["scripts on scripts", "x^{".repeat(1600) + "}".repeat(1600)],
  ["one that defines itself", "\\def\\x{\\x\\x}\\x"],
  ["one that grows eightfold each time", "\\def\\a{\\b\\b\\b\\b\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c\\c\\c\\c\\c}\\def\\c{\\d\\d\\d\\d\\d\\d\\d\\d}\\def\\d{xxxxxxxx}\\a\\a"],
  ["nonsense", "\\begin{matrix}\\left\\{&&\\\\\\end{aligned}"],
])("goes on after %s", (_, formula) => {
  const began = performance.now();
  const text = drawn(formula, "x^2");
  expect(text.lastElementChild?.querySelector(".katex")).not.toBeNull();
  expect(performance.now() - began).toBeLessThan(4_000);
}); // prettier-ignore

it("takes no links, no pictures, no attributes and no sizes that cover the page", () => {
  const text = drawn(
    "\\href{javascript:alert(1)}{a}",
    "\\url{javascript:alert(1)}",
    "\\includegraphics{https://evil.example/a.png}",
    "\\htmlData{onclick=alert(1)}{a}",
    "\\htmlStyle{position:fixed;inset:0}{a}",
    "\\rule{99999em}{99999em}",
  );
  expect(text.querySelector("a[href], img, [onclick], [data-onclick]")).toBeNull();
  const styles = [...text.querySelectorAll("[style]")].map((one) => one.getAttribute("style"));
  expect(styles.join()).not.toMatch(/fixed|99999/);
});

it("leaves what is too many as it was written", () => {
  const text = drawn(...Array.from({ length: 3_000 }, () => "x"));
  expect(text.querySelectorAll(".katex").length).toBe(1000);
  expect(text.lastElementChild?.textContent).toBe("x");
});

it("draws a formula once, however often it is asked to", () => {
  const text = drawn("x^2");
  const before = text.innerHTML;
  drawFormulas(text);
  expect(text.innerHTML).toBe(before);
});
