/**
 * The worker's half of long tables: a table that is shown becomes Arrow, and the page keeps it as a blob of the
 * workspace. What it looked like is taken at once as far as that takes a moment; the rest waits for its turn
 * between whatever else the worker has to do, and can be stopped.
 */
import { parseBlobManifest } from "../document/blobManifest.ts";
import type { Guest } from "../kernel/capability.ts";
import type { GuestWorld } from "../kernel/guest/world.ts";
import type { KeepTable } from "../kernel/outputs/table.ts";
import { encodeShown, estimateBytes } from "./encodeShown.ts";
import { type KeepRequest, MOST_IN_RUN, MOST_IN_TABLE, TABLES } from "./shownTable.ts";

const AT_ONCE_MS = 250;
const SLICE_MS = 40;
/** With less room than this a table is not begun. */
const LEAST_ROOM = 1_048_576;

/** For one run of a cell. */
export function keepTables(
  guest: Pick<Guest, "call" | "interrupted">,
  world: Pick<GuestWorld, "now" | "turn">,
  most = MOST_IN_RUN,
): KeepTable {
  let spent = 0;

  /** Undefined where the cell was stopped in between. */
  async function drive<Result>(
    steps: Generator<undefined, Result>,
  ): Promise<{ readonly value: Result } | undefined> {
    let until = world.now() + AT_ONCE_MS;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { value: step.value };
      if (world.now() < until) continue;
      await world.turn();
      if (guest.interrupted) return undefined;
      until = world.now() + SLICE_MS;
    }
  }

  return async (source) => {
    const room = Math.min(MOST_IN_TABLE, most - spent);
    if (room < LEAST_ROOM) return "too-much";
    let reserved = 0;
    try {
      // Kept free from now on: other tables of this run may be shown before this one is through.
      reserved = Math.min(room, estimateBytes(source));
      spent += reserved;
      const encoded = await drive(encodeShown(source, room));
      spent -= reserved;
      reserved = 0;
      if (!encoded) return "stopped";
      if (!encoded.value) return "too-much";
      const { bytes, rows, columns, width } = encoded.value;
      spent += bytes.byteLength;
      const request: KeepRequest = { bytes };
      const blob = parseBlobManifest(await guest.call(TABLES, request, [bytes.buffer]));
      if (!blob) return "not-kept";
      return { columns, whole: { rows, blob }, ...(width > columns.length && { width }) };
    } catch {
      spent -= reserved;
      // A value that cannot be read, or a page that could not keep it: the first rows are shown all the same.
      return guest.interrupted ? "stopped" : "not-kept";
    }
  };
}
