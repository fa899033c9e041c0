/**
 * Markdown, HTML and SVG that a cell writes itself, as the tags md, html and svg. What is put into HTML or SVG
 * is taken for text, unless it is markup already: a drawing, or what one of these tags made.
 */
import type { MimeBundle } from "../mime.ts";
import { elementMarkup, wordsOf } from "./element.ts";
import { shownAs, type Shows } from "./shows.ts";
import { textOf } from "./text.ts";

type Written = TemplateStringsArray | string;
type Kind = "text/markdown" | "text/html" | "image/svg+xml";

/** What a tag made: shown under the cell, and markup to the tags around it. */
export class Markup implements Shows {
  readonly kind: Kind;
  readonly #text: string;

  constructor(kind: Kind, text: string) {
    this.kind = kind;
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  [shownAs](): MimeBundle {
    const words = this.kind === "text/markdown" ? this.#text : wordsOf(this.#text);
    return { [this.kind]: this.#text, "text/plain": words };
  }
}

/** Markdown with LaTeX between dollars: md`The loss is $\frac{1}{n}\sum_i e_i^2$, now **${loss}**.` */
export function md(written: Written, ...values: readonly unknown[]): Markup {
  return new Markup("text/markdown", withoutIndent(joined(written, values, asMarkdown)));
}

/** HTML, shown in a frame of its own without scripts: html`<b>${name}</b>` writes the name as text. */
export function html(written: Written, ...values: readonly unknown[]): Markup {
  return new Markup("text/html", joined(written, values, asMarkup).trim());
}

/** A picture: svg`<svg viewBox="0 0 10 10"><circle r="${r}"/></svg>`; without its own svg element, a part of one. */
export function svg(written: Written, ...values: readonly unknown[]): Markup {
  return new Markup("image/svg+xml", joined(written, values, asMarkup).trim());
}

function joined(
  written: Written,
  values: readonly unknown[],
  write: (value: unknown) => string,
): string {
  if (typeof written === "string") return written;
  // Backslashes are the writer's own, for LaTeX is full of them; only what ends a template is escaped.
  const parts = written.raw.map((part) => part.replace(/\\(`|\$\{)/g, "$1"));
  return parts.reduce((text, part, i) => text + write(values[i - 1]) + part);
}

function asMarkdown(value: unknown): string {
  if (Array.isArray(value)) return value.map(asMarkdown).join("");
  if (value instanceof Markup && value.kind === "text/markdown") return String(value);
  if (value instanceof Markup || markupOf(value) !== undefined)
    throw new TypeError("md holds words alone. Put pictures and HTML beside it with html`…`.");
  return asText(value);
}

function asMarkup(value: unknown): string {
  if (Array.isArray(value)) return value.map(asMarkup).join("");
  if (value instanceof Markup) {
    if (value.kind !== "text/markdown") return String(value);
    throw new TypeError(
      "Markdown cannot stand within HTML. Show it by itself with display(md`…`).",
    );
  }
  return markupOf(value) ?? escaped(asText(value));
}

function markupOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? elementMarkup(value) : undefined;
}

function asText(value: unknown): string {
  return value === undefined || value === null || value === false ? "" : textOf(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

/** A template stands as deep as the code around it; in Markdown four blanks would make it code. */
function withoutIndent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, "")
    .replace(/\s+$/, "")
    .split("\n");
  const indents = lines.slice(text.startsWith("\n") ? 0 : 1).filter((line) => line.trim() !== "");
  const least = Math.min(...indents.map((line) => line.length - line.trimStart().length));
  if (!Number.isFinite(least) || least === 0) return lines.join("\n");
  const blank = new RegExp(`^\\s{0,${least}}`);
  return lines.map((line) => line.replace(blank, "")).join("\n");
}
