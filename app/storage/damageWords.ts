/** What could not be read in this browser's storage, in words. */
import type * as Y from "yjs";
import type { Damage } from "../../lib/workspace/aside.ts";
import { count } from "../datasets/words.ts";
import { roomTitle } from "./roomTitles.ts";

/** A sentence for each room, and one on where the rest comes from. */
export function damageWords(
  damages: readonly Damage[],
  index: Y.Doc,
  onServer: boolean,
): { readonly what: readonly string[]; readonly rest: string } {
  const rooms = [...new Set(damages.map(({ room }) => room))];
  const what = rooms.map((room) => {
    const mine = damages.filter((one) => one.room === room);
    const changes = mine.filter(({ kind }) => kind === "change").length;
    const title = roomTitle(index, room);
    if (changes < mine.length)
      return `What this browser had kept of ${title} could not be read and was set aside.`;
    return `${count(changes, "change")} of ${title} could not be read and ${changes === 1 ? "was" : "were"} set aside.`;
  });
  return {
    what,
    rest: onServer
      ? "The server's copy is fetched: what it has is not lost."
      : "No server has this workspace, so that what they said is only in what was set aside.",
  };
}

/** What was found, as a file for somebody who can make something of it. */
export function damageFile(damages: readonly Damage[]): Blob {
  const found = damages.map(({ room, kind, at, bytes }) => ({
    room,
    kind,
    at: at === undefined ? null : new Date(at).toISOString(),
    base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
  }));
  return new Blob([JSON.stringify(found, undefined, 1)], { type: "application/json" });
}
