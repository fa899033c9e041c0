/** What Plot and d3 draw: an SVG picture, or a figure of HTML. */
import type { MimeBundle } from "../mime.ts";
import { itemsOf } from "./fields.ts";

interface ElementLike {
  readonly nodeType: number;
  readonly localName: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
}

const ELEMENT = 1;
/** More than this no page draws. */
const LONGEST_MARKUP = 2_000_000;
/** Words are looked for in so much of it. */
const LONGEST_READ = 50_000;
/** More in one list are no drawings that somebody would look at. */
const MOST_IN_LIST = 1_000;

/** Undefined where the value is no element. */
export function elementBundle(value: object): MimeBundle | undefined {
  if (!isElement(value)) return undefined;
  const svg = value.localName === "svg";
  if (svg && value.getAttribute("xmlns") === null)
    value.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const markup = value.outerHTML;
  if (typeof markup !== "string") return undefined;
  if (markup.length > LONGEST_MARKUP) throw tooLong();
  const words = wordsOf(markup.slice(0, LONGEST_READ));
  if (!svg) return { "text/html": markup, "text/plain": words };
  return { "image/svg+xml": markup, "text/plain": words === "" ? "picture" : words };
}

/** Several drawings, one beside the other; undefined where the value is no list of them. */
export function elementsBundle(value: object): MimeBundle | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_IN_LIST) return undefined;
  const all = itemsOf(value, MOST_IN_LIST).map((one) =>
    typeof one === "object" && one !== null ? elementMarkup(one) : undefined,
  );
  if (!all.every((one) => one !== undefined)) return undefined;
  if (all.reduce((sum, one) => sum + one.length, 0) > LONGEST_MARKUP) throw tooLong();
  const markup = all.map((one) => `<div>${one}</div>`).join("");
  return {
    "text/html": `<div style="display: flex; flex-wrap: wrap; gap: 16px">${markup}</div>`,
    "text/plain": wordsOf(markup.slice(0, LONGEST_READ)) || `${all.length} pictures`,
  };
}

/** The markup of an element; undefined where the value is none. */
export function elementMarkup(value: object): string | undefined {
  const markup: unknown = isElement(value) ? value.outerHTML : undefined;
  return typeof markup === "string" ? markup : undefined;
}

function tooLong(): Error {
  return new Error("it is a drawing of more than 2 MB: draw fewer marks");
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
