import { expect, it } from "vitest";
import { type Key, commandOf } from "./keymap.ts";

function press(...keys: string[]) {
  let waiting: string | undefined;
  let command: ReturnType<typeof commandOf>["command"];
  for (const text of keys) {
    const parts = text.split("+");
    const key: Key = {
      key: parts.at(-1) ?? "",
      ctrlKey: parts.includes("Ctrl"),
      metaKey: parts.includes("Meta"),
      shiftKey: parts.includes("Shift"),
      altKey: parts.includes("Alt"),
    };
    ({ command, waiting } = commandOf(key, waiting));
  }
  return command;
}

it("runs as in Jupyter", () => {
  expect(press("Shift+Enter")).toBe("run-and-advance");
  expect(press("Ctrl+Enter")).toBe("run");
  expect(press("Meta+Enter")).toBe("run");
  expect(press("Alt+Enter")).toBe("run-and-insert");
});

it("has one key for each thing that a cell can have done to it", () => {
  expect(press("a")).toBe("insert-above");
  expect(press("b")).toBe("insert-below");
  expect(press("m")).toBe("make-text");
  expect(press("y")).toBe("make-code");
  expect(press("z")).toBe("undo");
  expect(press("Shift+Z")).toBe("redo");
  expect(press("ArrowDown")).toBe("next");
  expect(press("k")).toBe("previous");
  expect(press("Enter")).toBe("edit");
});

it("deletes on D D alone: not on one D, and not with another key between", () => {
  expect(press("d")).toBe("nothing");
  expect(press("d", "d")).toBe("delete");
  expect(press("d", "j", "d")).toBe("nothing");
  expect(press("d", "i", "i")).toBe("interrupt");
  expect(press("d", "Ctrl+d")).toBeUndefined();
});

it("leaves the browser's and the palette's keys alone", () => {
  for (const keys of [
    "Ctrl+k",
    "Ctrl+s",
    "Ctrl+c",
    "Meta+a",
    "Ctrl+r",
    "Alt+ArrowLeft",
    "Tab",
    "Shift+a",
    "F5",
  ])
    expect(press(keys)).toBeUndefined();
});
