// @vitest-environment jsdom
// A cell's editor and what helps it, as a person at the keyboard meets them.
import { currentCompletions, startCompletion } from "@codemirror/autocomplete";
import { forEachDiagnostic } from "@codemirror/lint";
import { EditorView, runScopeHandlers } from "@codemirror/view";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Suggestions } from "../../language/answers.ts";
import type { Findings } from "../../language/notebookLanguage.ts";
import type { CellHelp } from "./cellHelp.ts";
import type { EditCommand } from "./editKeys.ts";
import { type CellEditor, openEditor } from "./editor.ts";

let text: Y.Text;
let editor: CellEditor;
let commands: EditCommand[];
let woken: number;
let ready: boolean;
let tell: (found: Findings) => void;
let wishes: (() => void)[];
let suggested: Suggestions | undefined;

const help: CellHelp = {
  wake: () => void woken++,
  get ready() {
    return ready;
  },
  whenReady: (act) => void wishes.push(act),
  suggest: () => Promise.resolve(suggested),
  explain: (_offset, name) => Promise.resolve({ code: `const ${name}: 1`, words: "Its words." }),
  hover: () => Promise.resolve(undefined),
  signature: () =>
    Promise.resolve({
      from: 4,
      code: "add(one: number, two: string): void",
      argument: { from: 4, to: 15 },
      words: "Adds <b>.",
      overloads: { nth: 1, of: 2 },
    }),
  goToDefinition: () => Promise.resolve(false),
  watch(given) {
    tell = given;
    return () => undefined;
  },
  where: (cell) => `cell ${cell}`,
};

beforeAll(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
});

function open(source: string): void {
  const doc = new Y.Doc();
  text = doc.getText();
  text.insert(0, source);
  editor = openEditor(
    document.body,
    {
      text,
      awareness: new Awareness(doc),
      undoManager: new Y.UndoManager(text),
      language: "code",
      oncommand: (command) => commands.push(command),
      onfocus: () => undefined,
      names: () => [{ name: "rates", where: "cell 1" }],
      help,
    },
    { label: "Cell 1 source", editable: true, problem: undefined, hint: "", reachable: true },
  );
}

beforeEach(() => {
  [commands, wishes, woken, ready, suggested] = [[], [], 0, true, undefined];
});

afterEach(() => {
  editor.destroy();
  document.body.replaceChildren();
});

function type(letters: string): void {
  const { view } = editor;
  view.dispatch({ ...view.state.replaceSelection(letters), userEvent: "input.type" });
}

function press(key: string): boolean {
  return runScopeHandlers(editor.view, new KeyboardEvent("keydown", { key }), "editor");
}

const options = (): readonly string[] =>
  currentCompletions(editor.view.state)
    .filter(({ type }) => type !== "keyword") // patterns of the language
    .map(({ label, detail }) => `${label} ${detail ?? ""}`.trim());

it("[TS-30] wakes what helps when it has focus, and not before", () => {
  open("x");
  expect(woken).toBe(0);
  editor.enter("end");
  expect(woken).toBe(1);
});

it("[TS-31] lists other cells' names until there is more to say, and then that alone", async () => {
  open("ra");
  editor.enter("end");
  ready = false;
  startCompletion(editor.view);
  await vi.waitFor(() => expect(options()).toEqual(["rates cell 1"]));
  ready = true;
  suggested = {
    from: 0,
    closed: false,
    list: [{ label: "rates", kind: "const", boost: 10, cell: "3" }],
  };
  type("t");
  startCompletion(editor.view);
  await vi.waitFor(() => expect(options()).toEqual(["rates cell 3"]));
});

it("[TS-31b] lists members as soon as it can, where somebody still waits for them", async () => {
  open("tf");
  editor.enter("end");
  ready = false;
  suggested = { from: 3, closed: true, list: [{ label: "sum", kind: "function", boost: 0 }] };
  type(".");
  await vi.waitFor(() => expect(wishes).not.toEqual([]));
  expect(options()).toEqual([]);
  ready = true;
  for (const act of wishes) act();
  await vi.waitFor(() => expect(options()).toEqual(["sum"]));
});

it("[TS-32] writes what a suggestion says, with the import that it needs", async () => {
  open('import { split } from "ensemble";\nt');
  editor.enter("end");
  const line = 'import * as tf from "@tensorflow/tfjs";';
  suggested = { from: 34, closed: false, list: [{ label: "tf", kind: "module", boost: 0, line }] };
  startCompletion(editor.view);
  await vi.waitFor(() => expect(options()).toEqual(["tf"]));
  await new Promise((resolve) => setTimeout(resolve, 100)); // a list takes no key in its first moment
  press("Enter");
  expect(text.toJSON()).toBe(`import { split } from "ensemble";\n${line}\ntf`);
});

it("[TS-33] shows what a call takes as text, until Escape, which leaves the editor only after that", async () => {
  open("add");
  editor.enter("end");
  type("(");
  const hint = (): Element | null => document.querySelector(".signature");
  await vi.waitFor(() => expect(hint()).not.toBeNull());
  expect(hint()?.querySelector("strong")?.textContent).toBe("one: number");
  expect(hint()?.textContent).toContain("Adds <b>.");
  expect(hint()?.querySelector("b")).toBeNull();
  press("Escape");
  expect(hint()).toBeNull();
  expect(commands).toEqual([]);
  press("Escape");
  expect(commands).toEqual(["leave"]);
});

it("[TS-34] underlines what is wrong with the text as it is, and not as it was", async () => {
  open("tf.x");
  const found = { from: 0, to: 2, severity: "warning" as const, message: "tf is not imported" };
  const marks = (): string[] => {
    const all: string[] = [];
    forEachDiagnostic(editor.view.state, ({ message }, from, to) =>
      all.push(`${from}-${to} ${message}`),
    );
    return all;
  };
  tell({ source: "tf.other", findings: [found] });
  await Promise.resolve();
  expect(marks()).toEqual([]);
  tell({ source: "tf.x", findings: [{ ...found, line: 'import * as tf from "x";' }] });
  await Promise.resolve();
  expect(marks()).toEqual(["0-2 tf is not imported"]);
  expect(
    EditorView.findFromDOM(document.body)?.dom.querySelector(".cm-lintRange-warning"),
  ).not.toBeNull();
});
