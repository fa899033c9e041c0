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
  // What a thing is: of the chosen suggestion, under the pointer, of the call that is being written.
  ".cm-tooltip.cm-completionInfo": { padding: "0", margin: "0 4px" },
  ".explained": {
    maxWidth: "min(32rem, 86vw)",
    maxHeight: "min(18rem, 50vh)",
    overflow: "auto",
    padding: "6px 10px",
    font: "var(--text-3) / var(--leading-ui) var(--font-ui)",
    color: "var(--ink-2)",
  },
  ".explained pre": {
    margin: "0",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    font: "var(--text-3) / 1.5 var(--font-code)",
    fontVariantLigatures: "none",
    color: "var(--ink)",
  },
  ".explained pre:not(:first-child)": {
    margin: "6px 0 0",
    paddingInlineStart: "8px",
    borderInlineStart: "2px solid var(--line)",
    color: "var(--ink-2)",
  },
  ".explained p": { margin: "6px 0 0" },
  ".explained.signature": { maxHeight: "min(9rem, 30vh)" },
  // Beside a list there is no room for it on a phone, and over the list it would be in the way.
  "@media (max-width: 720px)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".explained .overloads": { color: "var(--ink-3)", fontSize: "var(--text-2)" },
  ".explained strong": { fontWeight: "700", color: "var(--accent)" },
  ".cm-tooltip-hover > * + *": { borderBlockStart: "1px solid var(--line)" },
  ".cm-tooltip-lint": { margin: "0", maxWidth: "min(32rem, 86vw)" },
  ".cm-diagnostic, .cm-diagnostic.cm-diagnostic-error, .cm-diagnostic.cm-diagnostic-warning": {
    margin: "0",
    padding: "6px 10px",
    border: "0",
    font: "var(--text-3) / var(--leading-ui) var(--font-ui)",
    color: "var(--ink)",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  ".cm-diagnosticAction": {
    margin: "0 0 0 10px",
    padding: "1px 8px",
    border: "0",
    borderRadius: "var(--radius-1)",
    backgroundColor: "var(--accent-soft)",
    color: "var(--accent)",
    font: "inherit",
    cursor: "pointer",
  },
  ".cm-lintRange": { backgroundImage: "none !important", paddingBottom: "0" },
  ".cm-lintRange-error, .cm-lintRange-warning": {
    textDecoration: "underline wavy var(--state-error) 1.25px",
    textUnderlineOffset: "4px",
    textDecorationSkipInk: "none",
  },
  // It runs all the same: a finer line than that of what cannot run.
  ".cm-lintRange-warning": {
    textDecoration: "underline wavy color-mix(in oklab, var(--state-error) 75%, transparent) 1px",
  },
  ".cm-lintPoint::after": { borderBottomColor: "var(--state-error)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    marginLeft: "1.5em",
    color: "var(--ink-3)",
    fontFamily: "var(--font-ui)",
    fontSize: "var(--text-2)",
    fontStyle: "normal",
  },
});
