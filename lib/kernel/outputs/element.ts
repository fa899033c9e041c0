/** What Plot and d3 draw: an SVG picture, or a figure of HTML. */
import type { MimeBundle } from "../mime.ts";

interface ElementLike {
  readonly nodeType: number;
  readonly localName: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
}

const ELEMENT = 1;

/** Undefined where the value is no element. */
export function elementBundle(value: object): MimeBundle | undefined {
  if (!isElement(value)) return undefined;
  const words = wordsOf(value.outerHTML);
  if (value.localName !== "svg") return { "text/html": value.outerHTML, "text/plain": words };
  if (value.getAttribute("xmlns") === null)
    value.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return { "image/svg+xml": value.outerHTML, "text/plain": words === "" ? "picture" : words };
}

/** Several drawings, one beside the other; undefined where the value is no list of them. */
export function elementsBundle(value: object): MimeBundle | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const all = value.map((one: unknown) =>
    typeof one === "object" && one !== null ? elementMarkup(one) : undefined,
  );
  if (!all.every((one) => one !== undefined)) return undefined;
  const markup = all.map((one) => `<div>${one}</div>`).join("");
  return {
    "text/html": `<div style="display: flex; flex-wrap: wrap; gap: 16px">${markup}</div>`,
    "text/plain": wordsOf(markup) || `${all.length} pictures`,
  };
}

/** The markup of an element; undefined where the value is none. */
export function elementMarkup(value: object): string | undefined {
  return isElement(value) ? value.outerHTML : undefined;
}

/** The text of a drawing, for those who do not see it: labels and titles, no styles and no tags. */
export function wordsOf(markup: string): string {
  return markup
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 500);
}

function isElement(value: object): value is ElementLike {
  return (
    "nodeType" in value &&
    value.nodeType === ELEMENT &&
    "outerHTML" in value &&
    "localName" in value
  );
}
