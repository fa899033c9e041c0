/** Draws the formulas of rendered Markdown. Loaded with the first formula, and KaTeX with it. */
import "katex/dist/katex.min.css";
import katex from "katex";

const LONGEST = 5000;

export function drawFormulas(node: HTMLElement): void {
  for (const span of node.querySelectorAll<HTMLElement>(".formula")) {
    const tex = span.textContent;
    if (tex.length > LONGEST) continue;
    katex.render(tex, span, {
      displayMode: span.classList.contains("display"),
      throwOnError: false,
      errorColor: "var(--state-error)",
      trust: false,
      strict: "ignore",
      maxExpand: 200,
      maxSize: 20,
    });
  }
}
