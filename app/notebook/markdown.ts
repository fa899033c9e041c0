/**
 * Markdown to HTML text, with formulas left as marked spans that KaTeX fills later. What it gives is still
 * untrusted: sanitise.ts has the last word.
 */
import MarkdownIt, { type StateInline } from "markdown-it";

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false });
markdown.inline.ruler.before("escape", "formula", formulaRule());
markdown.renderer.rules["formula"] = (tokens, index) => {
  const token = tokens[index];
  const tex = markdown.utils.escapeHtml(token?.content ?? "");
  return `<span class="formula${token?.markup === "$$" ? " display" : ""}">${tex}</span>`;
};
for (const name of ["th_open", "td_open"])
  markdown.renderer.rules[name] = (tokens, index) => {
    const token = tokens[index];
    const align = /text-align:(left|center|right)/.exec(String(token?.attrGet("style")))?.[1];
    return `<${token?.tag ?? "td"}${align === undefined ? "" : ` align="${align}"`}>`;
  };

export function renderMarkdown(source: string): string {
  return markdown.render(source);
}

/** The first heading or line, for a list or a title; undefined where there is none. */
export function firstLine(source: string): string | undefined {
  const line = source.split("\n").find((one) => one.trim() !== "");
  const text = line?.replace(/^#+\s*/, "").trim();
  return text === undefined || text === "" ? undefined : text;
}

/** $…$ within a line and $$…$$ anywhere; a dollar beside a blank or before a digit is money. */
function formulaRule(): (state: StateInline, silent: boolean) => boolean {
  return (state, silent) => {
    const start = state.pos;
    if (state.src[start] !== "$") return false;
    const markup = state.src[start + 1] === "$" ? "$$" : "$";
    const from = start + markup.length;
    let end = state.src.indexOf(markup, from);
    while (end > 0 && state.src[end - 1] === "\\") end = state.src.indexOf(markup, end + 1);
    if (end < 0 || end === from || end + markup.length > state.posMax) return false;
    const tex = state.src.slice(from, end);
    const isMoney =
      markup === "$" &&
      (/^\s|\s$|\n\s*\n/.test(tex) || /\d/.test(state.src[end + markup.length] ?? ""));
    if (isMoney) return false;
    if (!silent) {
      const token = state.push("formula", "span", 0);
      token.content = tex.trim();
      token.markup = markup;
    }
    state.pos = end + markup.length;
    return true;
  };
}
