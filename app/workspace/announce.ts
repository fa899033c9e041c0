/** Tells the others in a room who this is and where: its own entry in the room's awareness, and nothing else's. */
import type { Awareness } from "y-protocols/awareness";
import type { Member } from "../../lib/workspace/session.ts";
import { type Place, pathWithin } from "./place.ts";

export function announce(
  awareness: Pick<Awareness, "setLocalState">,
  me: Pick<Member, "id" | "name">,
  place: Place,
  /** Where on the page: "cell 8". */
  spot?: string,
): void {
  awareness.setLocalState({
    member: me.id,
    name: me.name,
    at: { page: pathWithin(place), label: place.label, ...(spot === undefined ? {} : { spot }) },
  });
}

export function leave(awareness: Pick<Awareness, "setLocalState">): void {
  awareness.setLocalState(null);
}
