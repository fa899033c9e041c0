/** The rooms that are open, each loaded once however many ask for it at the same time. */
import { CLOSE } from "../lib/sync/wire.ts";
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
  readonly count: number;
  /**
   * Waits until what was asked for is durable and acknowledged, for so many milliseconds at most, and closes them all.
   * Whatever is not durable by then was acknowledged to nobody.
   */
  close(code: number, reason: string, patienceMs: number): Promise<void>;
}

interface Entry {
  room: Promise<Room | undefined>;
  holders: number;
  timer?: NodeJS.Timeout;
}

export function openRooms(store: Store, idleMs: number, maxBytes: number): Rooms {
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
    let spoiled = false;
    const isSpoiled = (why: Spoilt): void => {
      if (spoiled) return;
      spoiled = true;
      put(name, entry, reload(name, entry, room, why));
    };
    const room = await Room.load(name, store, isSpoiled, maxBytes);
    return room;
  };

  /** The next room is what is stored, what was on its way included. */
  const reload = async (
    name: string,
    entry: Entry,
    spoiled: Room | undefined,
    why: Spoilt,
  ): Promise<Room | undefined> => {
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
      // From here on nobody gets in, and nobody who is in is told that anything is kept.
      entry.room = Promise.resolve(undefined);
      entries.set(name, entry);
      room?.close(CLOSE.roomDeleted, "room-deleted");
      try {
        await store.deleteRoom(name);
      } finally {
        forget(name, entry);
        room?.destroy();
      }
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
