/** Who is in which cell of this notebook: what this tab says of itself in the room's awareness, and who else is there. */
import type { Awareness } from "y-protocols/awareness";
import { parsePresence } from "../../lib/workspace/presence.ts";
import type { Presence } from "../../lib/workspace/session.ts";
import { type Live, liveAwareness } from "../live.ts";
import { unchanged } from "./unchanged.ts";

/** Says more of this tab, or something else; a room says nothing of a tab that has not spoken. */
export function announce(awareness: Awareness, parts: Partial<Presence>): void {
  awareness.setLocalState({ ...awareness.getLocalState(), ...parts });
}

/** The page is left: this member is nowhere in the notebook, save where their kernel runs. */
export function leavePage(awareness: Awareness): void {
  const mine = parsePresence(awareness.getLocalState());
  awareness.setLocalState(mine?.running ? without(mine, "at") : null);
}

/** Its kernel is done: the tab is in the notebook only where its page is. */
export function stopRunning(awareness: Awareness): void {
  const state = awareness.getLocalState();
  awareness.setLocalState(state?.["at"] === undefined ? null : without(state, "running"));
}

function without(state: object, part: "at" | "running"): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => key !== part));
}

/** The others of `othersByCell`, followed. */
export function liveOthers(awareness: Awareness): Live<ReadonlyMap<string, readonly Presence[]>> {
  const read = unchanged(
    () => othersByCell(awareness),
    (map) => [...map],
  );
  return liveAwareness(awareness, read);
}

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
