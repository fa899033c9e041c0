/** The rooms of a workspace that this tab holds, each once however many ask for it, and what waits in all of them. */
import type { WorkspaceId } from "../../base/ids.ts";
import { type RoomKey, parseRoomName, roomName } from "../../document/rooms.ts";
import type { Refused } from "../../sync/refusals.ts";
import type { OpenRoom } from "../../workspace/session.ts";
import { Room, type RoomParts } from "./room.ts";

/** A page that is left is often come back to: the room stays so long, milliseconds. */
const GRACE = 10_000;

export interface HeldRoom {
  readonly room: Room;
  release(): void;
}

interface Entry {
  readonly opening: Promise<Room>;
  room: Room | undefined;
  holders: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Rooms {
  readonly #workspace: WorkspaceId;
  readonly #parts: Omit<RoomParts, "name" | "changed">;
  readonly #entries = new Map<RoomKey, Entry>();
  /** Changes that wait, by room, for rooms that this tab holds or has held, and as the log says for others. */
  #pending = new Map<RoomKey, number>();
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor(workspace: WorkspaceId, parts: Omit<RoomParts, "name" | "changed">) {
    this.#workspace = workspace;
    this.#parts = parts;
  }

  /** Calls back when any room has more or fewer changes waiting, is merged, or is refused. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get pending(): number {
    return [...this.#pending.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many changes are in this tab alone. */
  get unkept(): number {
    return this.#open().reduce((sum, room) => sum + room.unkept, 0);
  }

  /** The rooms that have changes waiting. */
  get dirty(): RoomKey[] {
    return [...this.#pending].filter(([, count]) => count > 0).map(([key]) => key);
  }

  /** Why a room that somebody has open is refused, if one is. */
  get refusal(): Refused | undefined {
    return this.#open().find(({ refusal }) => refusal !== undefined)?.refusal;
  }

  /** Does this tab hold something that a member who may only read has written, and that stays here? */
  get overlaid(): boolean {
    return this.#open().some(({ overlaid }) => overlaid);
  }

  /** Counts in the log what waits in rooms that this tab does not hold. */
  async count(): Promise<void> {
    const stored = await this.#parts.log.pending(`${this.#workspace}/`);
    const next = new Map<RoomKey, number>();
    for (const [name, count] of stored) {
      const key = parseRoomName(name)?.room;
      if (key) next.set(key, count);
    }
    for (const [key, { room }] of this.#entries) if (room) next.set(key, room.pending);
    this.#pending = next;
    this.#changed();
  }

  async open(key: RoomKey): Promise<OpenRoom> {
    const held = await this.hold(key);
    const { doc, awareness, synced } = held.room;
    return { doc, awareness, synced, close: () => held.release() };
  }

  /** `grace`: how long the room stays after the last release, milliseconds. */
  async hold(key: RoomKey, grace = GRACE): Promise<HeldRoom> {
    if (this.#closed) throw new Error(`the workspace is closed, and ${key} with it`);
    const entry = this.#entries.get(key) ?? this.#load(key);
    entry.holders++;
    clearTimeout(entry.timer);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      if (--entry.holders > 0) return;
      entry.timer = setTimeout(() => this.#letGo(key, entry), grace);
    };
    try {
      return { room: await entry.opening, release };
    } catch (error) {
      held = false;
      entry.holders--;
      throw error;
    }
  }

  /**
   * The role of this member has changed. Rooms whose content was set aside are not given to anybody new:
   * whoever opens one next gets what the server has.
   */
  async roleChanged(): Promise<void> {
    for (const [key, { room }] of [...this.#entries]) {
      await room?.roleChanged();
      if (room?.overlaid === true) this.#entries.delete(key);
    }
    // Opening the others is enough: a room looks at what waits in it.
    if (!this.#parts.mayWrite()) for (const key of this.dirty) (await this.hold(key, 0)).release();
  }

  close(): void {
    this.#closed = true;
    for (const { opening, timer } of this.#entries.values()) {
      clearTimeout(timer);
      opening.then(
        (room) => room.destroy(),
        () => undefined,
      );
    }
    this.#entries.clear();
    this.#listeners.clear();
  }

  #load(key: RoomKey): Entry {
    let entry: Entry | undefined = undefined;
    const changed = (): void => {
      if (entry?.room) this.#pending.set(key, entry.room.pending);
      this.#changed();
    };
    const opening = Room.open({
      ...this.#parts,
      name: roomName(this.#workspace, key),
      changed,
    });
    const mine: Entry = { opening, room: undefined, holders: 0, timer: undefined };
    entry = mine;
    this.#entries.set(key, mine);
    opening.then(
      (room) => {
        mine.room = room;
        if (this.#closed) room.destroy();
        changed();
      },
      () => {
        if (this.#entries.get(key) === mine) this.#entries.delete(key);
      },
    );
    return mine;
  }

  #letGo(key: RoomKey, entry: Entry): void {
    const { room } = entry;
    if (!room || entry.holders > 0 || this.#closed) return;
    const online = this.#parts.link.state.current.kind === "online";
    if (room.unkept > 0 || (room.pending > 0 && online && room.refusal === undefined)) {
      // What is on its way, to the disk or to the server, is not cut off.
      entry.timer = setTimeout(() => this.#letGo(key, entry), 200);
      return;
    }
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    room.destroy();
    this.#changed();
  }

  #open(): Room[] {
    return [...this.#entries.values()].flatMap(({ room }) => room ?? []);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
