import { expect, it } from "vitest";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import type { CellId } from "../../lib/base/ids.ts";
import { watchAuthors } from "./authors.ts";

const A = "a" as CellId;

/** Somebody's tab, as the room hears of it. */
function joins(room: Awareness, name: string, cell?: string): Awareness {
  const theirs = new Awareness(new Y.Doc());
  const at = cell === undefined ? {} : { at: { page: "/", label: "n", cell } };
  theirs.setLocalState({ member: name.toLowerCase(), name, ...at });
  applyAwarenessUpdate(room, encodeAwarenessUpdate(theirs, [theirs.clientID]), "wire");
  return theirs;
}

it("knows who writes as which client, also after they have left", () => {
  const room = new Awareness(new Y.Doc());
  const { authorOf, close } = watchAuthors(room);
  const jun = joins(room, "Jun");
  expect(authorOf(jun.clientID, A)).toEqual({ id: "jun", name: "Jun" });
  jun.setLocalState(null);
  applyAwarenessUpdate(room, encodeAwarenessUpdate(jun, [jun.clientID]), "wire");
  expect(authorOf(jun.clientID, A)?.name).toBe("Jun");
  expect(authorOf(12, A)).toBeUndefined();
  close();
  jun.destroy();
  room.destroy();
});

it("takes a deletion for the work of whoever else is alone in the cell", () => {
  const room = new Awareness(new Y.Doc());
  const { authorOf, close } = watchAuthors(room);
  const jun = joins(room, "Jun", "a");
  expect(authorOf(undefined, A)?.name).toBe("Jun");
  const ada = joins(room, "Ada", "a");
  expect(authorOf(undefined, A)).toBeUndefined();
  expect(authorOf(undefined, "b" as CellId)).toBeUndefined();
  close();
  for (const one of [jun, ada, room]) one.destroy();
});
