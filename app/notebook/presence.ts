/** Who else is in which cell of this notebook, from the room's awareness. Parsed before it is believed. */
import type { Awareness } from "y-protocols/awareness";
import { parsePresence } from "../../lib/workspace/presence.ts";
import type { Presence } from "../../lib/workspace/session.ts";

/** Other tabs' members by the cell that they are in or that their kernel runs, each once a cell. */
export function othersByCell(awareness: Awareness): ReadonlyMap<string, readonly Presence[]> {
  const byCell = new Map<string, Presence[]>();
  for (const [client, state] of awareness.getStates()) {
    if (client === awareness.clientID) continue;
    const presence = parsePresence(state);
    if (!presence) continue;
    for (const cell of new Set([presence.running?.cell, presence.at?.cell])) {
      if (cell === undefined) continue;
      const there = byCell.get(cell) ?? [];
      const known = there.findIndex((one) => one.member === presence.member);
      if (known < 0) there.push(presence);
      else if (presence.running?.cell === cell) there[known] = presence;
      byCell.set(cell, there);
    }
  }
  return byCell;
}
