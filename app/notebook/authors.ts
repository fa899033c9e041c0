/** Who writes in a notebook: members by their tabs' Yjs clients, as presence told, also after they have left. */
import type { Awareness } from "y-protocols/awareness";
import type { Author, AuthorOf } from "../../lib/notebook/otherHands.ts";
import { parsePresence } from "../../lib/workspace/presence.ts";

export function watchAuthors(awareness: Awareness): { authorOf: AuthorOf; close: () => void } {
  const known = new Map<number, Author>();
  const read = (): void => {
    for (const [client, state] of awareness.getStates()) {
      const presence = parsePresence(state);
      if (presence) known.set(client, { id: presence.member, name: presence.name });
    }
  };
  const aloneIn = (cell: string): Author | undefined => {
    const there = new Map<string, Author>();
    for (const [client, state] of awareness.getStates()) {
      const presence = client === awareness.clientID ? undefined : parsePresence(state);
      if (presence?.at?.cell === cell)
        there.set(presence.member, { id: presence.member, name: presence.name });
    }
    return there.size === 1 ? [...there.values()][0] : undefined;
  };
  awareness.on("change", read);
  read();
  return {
    authorOf: (client, cell) => (client === undefined ? aloneIn(cell) : known.get(client)),
    close: () => awareness.off("change", read),
  };
}
