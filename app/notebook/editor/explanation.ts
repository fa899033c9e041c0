/** A declaration in ink, and the words about it, as they stand in the editor's small windows. */
import type { Explanation } from "../../language/answers.ts";
import { stillText } from "./highlight.ts";

/** Everything in it came from a package or from members: it is text, and nothing else. */
export function explanationDom({ code, words }: Explanation): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "explained";
  dom.append(codeBlock(code));
  if (words !== "") dom.append(prose(words));
  return dom;
}

export function codeBlock(
  code: string,
  marked?: { readonly from: number; readonly to: number },
): HTMLElement {
  const block = document.createElement("pre");
  if (!marked) block.append(stillText(code, "code"));
  else {
    const strong = document.createElement("strong");
    strong.append(code.slice(marked.from, marked.to));
    block.append(code.slice(0, marked.from), strong, code.slice(marked.to));
  }
  return block;
}

/** Words of a declaration: paragraphs, and the code that its author fenced or indented. */
export function prose(words: string): DocumentFragment {
  const made = document.createDocumentFragment();
  for (const [i, part] of words.split(/^```.*$/m).entries())
    for (const block of i % 2 === 1 ? [part] : part.split(/\n\s*\n/)) {
      if (block.trim() === "") continue;
      const isCode = i % 2 === 1 || /^(?: {4}|\t)/.test(block.replace(/^\n/, ""));
      made.append(isCode ? codeBlock(dedented(block)) : paragraph(block));
    }
  return made;
}

function paragraph(text: string): HTMLElement {
  const p = document.createElement("p");
  // Links and emphasis of a declaration's words, as the words that they are.
  p.textContent = text
    .replace(/\{@link\s+(?:\S+\s+)?([^}]+)\}/g, "$1")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/(`|\*{1,2})([^`*\n]+)\1/g, "$2")
    .replace(/\s+/g, " ")
    .trim();
  return p;
}

function dedented(code: string): string {
  const lines = code.replace(/^\n+|\s+$/g, "").split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  const indent = Math.min(...indents, 20);
  return lines.map((line) => line.slice(indent)).join("\n");
}
