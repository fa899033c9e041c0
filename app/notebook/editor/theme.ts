/** How CodeMirror looks here. The metrics are those of `.source`, so that an editor takes its still text's exact place. */
import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    font: "var(--text-3) / var(--leading-code) var(--font-code)",
    fontVariantLigatures: "none",
    overflowX: "auto",
  },
  ".cm-content.source": { overflowX: "visible", caretColor: "var(--ink)" },
  ".cm-content.source.cm-lineWrapping": { whiteSpace: "break-spaces" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    backgroundColor: "color-mix(in oklab, var(--accent) 16%, transparent)",
    outline: "none",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "inherit" },
  ".cm-tooltip": {
    zIndex: "10",
    border: "0",
    borderRadius: "var(--radius-3)",
    backgroundColor: "var(--raised)",
    boxShadow: "var(--shadow-float)",
    color: "var(--ink)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    padding: "4px",
    maxHeight: "16rem",
    font: "var(--text-3) / 1.6 var(--font-code)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "1px 8px",
    borderRadius: "var(--radius-1)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--hover)",
    color: "var(--ink)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    marginLeft: "1.5em",
    color: "var(--ink-3)",
    fontFamily: "var(--font-ui)",
    fontSize: "var(--text-2)",
    fontStyle: "normal",
  },
});
