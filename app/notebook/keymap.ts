/**
 * The keys of command mode, as hands know them from Jupyter. Pure: a key and what was pressed before
 * it give a command; the page does it. Edit mode's keys are the editor's (editing.ts).
 */
export type CellCommand =
  | "run-and-advance"
  | "run"
  | "run-and-insert"
  | "edit"
  | "leave"
  | "insert-above"
  | "insert-below"
  | "delete"
  | "make-text"
  | "make-code"
  | "toggle-disabled"
  | "undo"
  | "redo"
  | "next"
  | "previous"
  | "first"
  | "last"
  | "move-up"
  | "move-down"
  | "interrupt"
  | "restart"
  | "nothing";

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export interface Pressed {
  readonly command: CellCommand | undefined;
  /** The first half of a double key (D D), waiting for its second. */
  readonly waiting: string | undefined;
}

const single: { readonly [key: string]: CellCommand } = {
  enter: "edit",
  escape: "leave",
  a: "insert-above",
  b: "insert-below",
  m: "make-text",
  y: "make-code",
  e: "toggle-disabled",
  z: "undo",
  arrowdown: "next",
  j: "next",
  arrowup: "previous",
  k: "previous",
  home: "first",
  end: "last",
};

const double: { readonly [key: string]: CellCommand } = {
  d: "delete",
  i: "interrupt",
  "0": "restart",
};

/** What a key means in command mode, after `waiting`. "nothing": taken, so that the browser does nothing either. */
export function commandOf(key: Key, waiting: string | undefined): Pressed {
  const name = key.key.toLowerCase();
  const mod = key.ctrlKey || key.metaKey;
  const plain = (command: CellCommand | undefined): Pressed => ({ command, waiting: undefined });

  if (name === "enter") {
    if (mod) return plain("run");
    if (key.altKey) return plain("run-and-insert");
    return plain(key.shiftKey ? "run-and-advance" : "edit");
  }
  if (mod) {
    if (name === "z") return plain(key.shiftKey ? "redo" : "undo");
    if (name === "y" && !key.metaKey) return plain("redo");
    if (key.shiftKey && name === "arrowup") return plain("move-up");
    if (key.shiftKey && name === "arrowdown") return plain("move-down");
    return plain(undefined);
  }
  if (key.altKey) return plain(undefined);
  if (key.shiftKey) return plain(name === "z" ? "redo" : undefined);
  const pair = double[name];
  if (pair !== undefined)
    return waiting === name ? plain(pair) : { command: "nothing", waiting: name };
  return plain(single[name]);
}
