/**
 * What may be typed next: what the language service suggests, before it is ready the names of other cells, and
 * whole beginnings after a "/" in an empty cell.
 */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  autocompletion,
  completeFromList,
  ifNotIn,
  snippetCompletion,
} from "@codemirror/autocomplete";
import { localCompletionSource, typescriptSnippets } from "@codemirror/lang-javascript";
import type { Extension } from "@codemirror/state";
import type { CellHelp } from "./cellHelp.ts";
import { suggestions } from "./suggestions.ts";

/** The names that other cells define, and where. */
export type Names = () => readonly { readonly name: string; readonly where: string }[];

export function completion(names: Names, help?: CellHelp): Extension {
  const named = (context: CompletionContext): CompletionResult | null => {
    if (help?.ready) return null; // it knows the names as well
    const word = context.matchBefore(/[\w$]+$/);
    if (!word && !context.explicit) return null;
    if (context.matchBefore(/[."'`/][\w$]*$/)) return null;
    return {
      from: word?.from ?? context.pos,
      validFor: /^[\w$]*$/,
      options: names().map(({ name, where }) => ({ label: name, detail: where, boost: 1 })),
    };
  };
  const begun = (context: CompletionContext): CompletionResult | null => {
    const slash = context.matchBefore(/^\/\w*$/);
    if (!slash || context.state.doc.length !== slash.text.length) return null;
    return { from: 0, options: beginnings, filter: true, validFor: /^\/\w*$/ };
  };
  const declaredHere = (context: CompletionContext): CompletionResult | null =>
    help?.ready ? null : localCompletionSource(context);
  const suggested = (context: CompletionContext): Promise<CompletionResult | null> =>
    help ? suggestions(context, help) : Promise.resolve(null);
  return autocompletion({
    icons: false,
    // What it costs is paid in a worker: the list may be asked for as soon as the hand is off the key.
    activateOnTypingDelay: 15,
    // The language's own sources would say everything that is suggested a second time.
    override: [begun, named, declaredHere, patterns, suggested],
  });
}

/** Loops, functions and the like, where a statement can begin. */
const patterns = ifNotIn(
  [
    ...["TemplateString", "String", "RegExp", "LineComment", "BlockComment", "Label"],
    ...["VariableDefinition", "TypeDefinition", "PropertyDefinition", "PropertyName"],
    ...["PrivatePropertyDefinition", "PrivatePropertyName", ".", "?."],
  ],
  completeFromList(typescriptSnippets),
);

const beginnings: readonly Completion[] = [
  begin("/dataset", "read a dataset", [
    'import { dataset } from "ensemble";',
    "",
    'const ${data} = await dataset("${name}");',
    "${data};",
  ]),
  begin("/model", "a small network", [
    'import * as tf from "@tensorflow/tfjs";',
    "",
    "const ${model} = tf.sequential({",
    "  layers: [",
    '    tf.layers.dense({ units: ${16}, activation: "relu", inputShape: [${4}] }),',
    '    tf.layers.dense({ units: ${3}, activation: "softmax" }),',
    "  ],",
    "});",
  ]),
  begin("/train", "compile and fit a model", [
    "${model}.compile({",
    "  optimizer: tf.train.adam(${0.01}),",
    '  loss: "${categoricalCrossentropy}",',
    '  metrics: ["accuracy"],',
    "});",
    "",
    "await ${model}.fit(${x}, ${y}, { epochs: ${30}, validationSplit: ${0.2} });",
  ]),
  begin("/plot", "draw points", [
    'import * as Plot from "@observablehq/plot";',
    "",
    'Plot.dot(${data}, { x: "${x}", y: "${y}", stroke: "${label}" }).plot();',
  ]),
  begin("/run", "log a run by hand", [
    'import { startRun } from "ensemble";',
    "",
    'const run = startRun("${name}", { params: { ${rate}: ${0.01} } });',
    "run.log({ ${loss}: ${1} }, { step: ${0} });",
  ]),
];

function begin(label: string, detail: string, lines: readonly string[]): Completion {
  return snippetCompletion(lines.join("\n"), { label, detail, type: "text" });
}
