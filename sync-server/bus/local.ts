/** Nodes in one process. The usual server is a single one, to which nobody listens: then nothing is done. */
import type { WorkspaceId } from "../../lib/base/ids.ts";
import type { Bus, RoomListener } from "./bus.ts";
import { localClaims } from "./claims.ts";

/** The bus of a server that is alone. */
export function localBus(): Bus {
  return { ...localHub()(), alone: true };
}

/** Gives every node its bus; all that it gives are connected. */
export function localHub(): () => Bus {
  const rooms = new Map<string, Set<RoomListener>>();
  const nodes = new Set<(workspace: WorkspaceId) => void>();
  const claim = localClaims();
  const tell = (listener: () => void): void => queueMicrotask(listener);

  return () => {
    const mine = new Map<RoomListener, () => void>();
    const hearing: ((workspace: WorkspaceId) => void)[] = [];
    const hear = (workspace: WorkspaceId): void => hearing.forEach((one) => one(workspace));
    nodes.add(hear);
    return {
      alone: false,
      connected: true,
      join(room, listener) {
        const listeners = rooms.get(room) ?? new Set();
        rooms.set(room, listeners.add(listener));
        const others = (say: (other: RoomListener) => void): void => {
          for (const one of listeners)
            if (one !== listener) tell(() => (listeners.has(one) ? say(one) : undefined));
        };
        const leave = (): void => {
          listeners.delete(listener);
          mine.delete(listener);
          if (listeners.size === 0 && rooms.get(room) === listeners) rooms.delete(room);
        };
        mine.set(listener, leave);
        return Promise.resolve({
          commit: (committed) =>
            others((other) => {
              other.committed([committed]);
              other.standsAt(committed.seq);
            }),
          presence: (member, update) => others((other) => other.presence(member, update)),
          ask: () => others((other) => other.asked()),
          leave,
        });
      },
      tellDeleted(room) {
        for (const one of rooms.get(room) ?? []) if (!mine.has(one)) tell(() => one.deleted());
      },
      tellMembership(workspace) {
        for (const node of nodes) if (node !== hear) tell(() => node(workspace));
      },
      onMembership: (listener) => void hearing.push(listener),
      onReturn: () => undefined,
      claim: (key, ms) => Promise.resolve(claim(key, ms)),
      close() {
        nodes.delete(hear);
        for (const leave of [...mine.values()]) leave();
        return Promise.resolve();
      },
    };
  };
}
