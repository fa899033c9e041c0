/** The five inks of code, for the live editor and for the still text that stands in for it. */
import { javascript, typescriptLanguage } from "@codemirror/lang-javascript";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import type { LanguageSupport } from "@codemirror/language";
import { highlightCode, tagHighlighter, tags as t } from "@lezer/highlight";

export type Language = "code" | "text";

/** Class names of styles/notebook.css, below `.source`. */
export const inks = tagHighlighter([
  {
    tag: [t.keyword, t.bool, t.null, t.self, t.operatorKeyword, t.modifier, t.definitionKeyword],
    class: "k",
  },
  { tag: [t.string, t.special(t.string), t.regexp, t.special(t.brace)], class: "s" },
  { tag: [t.number], class: "d" },
  {
    tag: [
      t.function(t.variableName),
      t.function(t.propertyName),
      t.function(t.definition(t.variableName)),
    ],
    class: "f",
  },
  { tag: [t.comment, t.meta], class: "c" },
  { tag: [t.heading, t.strong], class: "h" },
  { tag: [t.emphasis], class: "e" },
  { tag: [t.link, t.url], class: "f" },
  { tag: [t.monospace], class: "s" },
  { tag: [t.processingInstruction, t.contentSeparator], class: "q" },
]);

export function languageOf(language: Language): LanguageSupport {
  return language === "code"
    ? javascript({ typescript: true })
    : markdown({ base: markdownLanguage });
}

const LONGEST = 50_000;

/** The text as a line of spans: what the editor will look like before it is there. */
export function stillText(source: string, language: Language): DocumentFragment {
  const fragment = document.createDocumentFragment();
  if (source.length > LONGEST) {
    fragment.append(source);
    return fragment;
  }
  const parser = (language === "code" ? typescriptLanguage : markdownLanguage).parser;
  highlightCode(
    source,
    parser.parse(source),
    inks,
    (text, classes) => {
      if (classes === "") fragment.append(text);
      else {
        const span = document.createElement("span");
        span.className = classes;
        span.textContent = text;
        fragment.append(span);
      }
    },
    () => fragment.append("\n"),
  );
  return fragment;
}
