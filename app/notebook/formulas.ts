/** Draws the formulas of rendered Markdown. Loaded with the first formula, and KaTeX with it. */
import "katex/dist/katex.min.css";
import katex from "katex";

const LONGEST = 5000;
/** Of one text. What is beyond stays as it was written: a page must not stand still over somebody's formulas. */
const MOST = 1000;
const MOST_LETTERS = 50_000;

/** Text that is shown anew while KaTeX is on its way has this asked twice. */
const drawn = new WeakSet<HTMLElement>();

export function drawFormulas(node: HTMLElement): void {
  let letters = 0;
  for (const span of [...node.querySelectorAll<HTMLElement>(".formula")].slice(0, MOST)) {
    const tex = span.textContent;
    letters += tex.length;
    if (letters > MOST_LETTERS) return;
    if (tex.length > LONGEST || drawn.has(span)) continue;
    drawn.add(span);
    draw(tex, span);
  }
}

function draw(tex: string, span: HTMLElement): void {
  try {
    katex.render(tex, span, {
      displayMode: span.classList.contains("display"),
      throwOnError: false,
      errorColor: "var(--state-error)",
      trust: false,
      strict: "ignore",
      maxExpand: 200,
      maxSize: 20,
    });
  } catch {
    // Nested deeper than KaTeX can go.
    span.textContent = tex;
  }
}
