/** The rooms that are open, each loaded once however many ask for it at the same time. */
import { CLOSE } from "../lib/sync/wire.ts";
import type { Bus } from "./bus/bus.ts";
import { Room, type Spoilt } from "./room.ts";
import { within } from "./within.ts";
import type { Store } from "./stores/store.ts";

/** Somebody's hold on a room that is loaded. */
export interface HeldRoom {
  readonly room: Room;
  /** To be called once. A room that nobody holds is folded and let go of after a while. */
  release(): void;
}

export interface Rooms {
  /** The room, loaded whole; undefined where it was deleted. Rejects where it cannot be loaded. */
  open(name: string): Promise<HeldRoom | undefined>;
  /** Forgets the room for good, on the disk and for everybody who has it open. */
  delete(name: string): Promise<void>;
  /** Looks in the store for what other nodes have done that the bus did not bring. */
  catchUp(): Promise<void>;
  /** Tells the other nodes, which were away, who is here. */
  greetNodes(): void;
  readonly count: number;
  /**
   * Waits until what was asked for is durable and acknowledged, for so many milliseconds at most, and closes them all.
   * Whatever is not durable by then was acknowledged to nobody.
   */
  close(code: number, reason: string, patienceMs: number): Promise<void>;
}

interface Entry {
  room: Promise<Room | undefined>;
  /** The same once it is loaded. */
  loaded?: Room | undefined;
  holders: number;
  timer?: NodeJS.Timeout;
}

export function openRooms(store: Store, bus: Bus, idleMs: number, maxBytes: number): Rooms {
  const entries = new Map<string, Entry>();

  const forget = (name: string, entry: Entry): void => {
    clearTimeout(entry.timer);
    if (entries.get(name) === entry) entries.delete(name);
  };

  /** A failed load leaves nothing behind: whoever comes next tries again, and nobody meets an empty room. */
  const put = (name: string, entry: Entry, room: Promise<Room | undefined>): void => {
    entry.room = room;
    room.catch(() => forget(name, entry));
  };

  const load = async (name: string, entry: Entry): Promise<Room | undefined> => {
    const mine: { room?: Room | undefined } = {};
    let over = false;
    const once =
      <A extends unknown[]>(then: (...args: A) => void) =>
      (...args: A): void => {
        if (over) return;
        over = true;
        then(...args);
      };
    const room = await Room.load(name, {
      store,
      bus,
      maxBytes,
      spoiled: once((why: Spoilt) => put(name, entry, reload(name, entry, mine.room, why))),
      deleted: once(() => shutOut(name, entry, mine.room)),
    });
    mine.room = room;
    if (over) {
      room?.destroy(); // it ended before it was given to anybody
      return undefined;
    }
    entry.loaded = room;
    return room;
  };

  /** From here on nobody gets in, and nobody who is in is told that anything is kept. */
  const shutOut = (name: string, entry: Entry, room: Room | undefined): void => {
    entry.room = Promise.resolve(undefined);
    entry.loaded = undefined;
    room?.close(CLOSE.roomDeleted, "room-deleted");
    forget(name, entry);
    room?.destroy();
  };

  /** The next room is what is stored, what was on its way included. */
  const reload = async (
    name: string,
    entry: Entry,
    spoiled: Room | undefined,
    why: Spoilt,
  ): Promise<Room | undefined> => {
    entry.loaded = undefined;
    spoiled?.close(CLOSE.tryLater, why);
    await spoiled?.settle();
    spoiled?.destroy();
    return load(name, entry);
  };

  const letGo = async (name: string, entry: Entry): Promise<void> => {
    const room = await entry.room.catch(() => undefined);
    await room?.settle();
    if (entry.holders > 0 || entries.get(name) !== entry) return;
    forget(name, entry);
    room?.destroy();
  };

  const release = (name: string, entry: Entry): void => {
    if (--entry.holders > 0 || entries.get(name) !== entry) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void letGo(name, entry), idleMs).unref();
  };

  return {
    get count() {
      return entries.size;
    },
    async open(name) {
      let entry = entries.get(name);
      if (!entry) {
        entry = { room: Promise.resolve(undefined), holders: 0 };
        entries.set(name, entry);
        put(name, entry, load(name, entry));
      }
      const mine = entry;
      mine.holders++;
      clearTimeout(mine.timer);
      try {
        for (;;) {
          const opening = mine.room;
          const room = await opening;
          if (mine.room !== opening) continue; // spoiled meanwhile
          if (room) return { room, release: () => release(name, mine) };
          break;
        }
      } catch (error) {
        mine.holders--;
        throw error;
      }
      forget(name, mine);
      return undefined;
    },
    async delete(name) {
      const entry = entries.get(name) ?? { room: Promise.resolve(undefined), holders: 0 };
      const room = await entry.room.catch(() => undefined);
      // Nobody gets in while it is being deleted.
      shutOut(name, entry, room);
      entries.set(name, entry);
      try {
        await store.deleteRoom(name);
        bus.tellDeleted(name);
      } finally {
        forget(name, entry);
      }
    },
    async catchUp() {
      const open = [...entries].filter(([, { loaded }]) => loaded !== undefined);
      if (open.length === 0) return;
      const { rooms } = await store.standing(
        open.map(([name]) => name),
        [],
      );
      for (const [i, [name, entry]] of open.entries()) {
        const stands = rooms[i];
        if (entries.get(name) !== entry || !entry.loaded) continue;
        if (stands === "deleted") shutOut(name, entry, entry.loaded);
        else entry.loaded.standsAt(stands ?? 0);
      }
    },
    greetNodes() {
      for (const { loaded } of entries.values()) loaded?.greetNodes();
    },
    async close(code, reason, patienceMs) {
      const rooms: Room[] = [];
      const settled = [...entries.values()].map(async (entry) => {
        clearTimeout(entry.timer);
        const room = await entry.room.catch(() => undefined);
        if (!room) return;
        rooms.push(room);
        await room.committed();
      });
      await within(patienceMs, Promise.all(settled));
      entries.clear();
      for (const room of rooms) {
        room.close(code, reason);
        room.destroy();
      }
    },
  };
}
