/**
 * Keeps this browser and the server alike in rooms that nobody has open: pushes what was changed here, and
 * fetches ahead what may be wanted when the network is gone. A few rooms at a time.
 */
import type { RoomKey } from "../../document/rooms.ts";
import type { Rooms } from "./rooms.ts";
import type { ServerLink } from "./serverLink.ts";
import { whenRooms } from "./whenRooms.ts";

const AT_ONCE = 3;
/** A room that the server does not answer for is left for later, milliseconds. */
const PATIENCE = 20_000;

export class BackgroundSync {
  readonly #rooms: Rooms;
  readonly #link: ServerLink;
  readonly #ahead: () => readonly RoomKey[];
  readonly #stops: (() => void)[];
  #queue: RoomKey[] = [];
  /** Fetched, or being fetched, since the server was met last. */
  #met = new Set<RoomKey>();
  #workers = 0;

  /** `ahead`: the rooms that ought to be here before they are asked for. */
  constructor(rooms: Rooms, link: ServerLink, ahead: () => readonly RoomKey[]) {
    this.#rooms = rooms;
    this.#link = link;
    this.#ahead = ahead;
    this.#stops = [link.state.subscribe(() => this.#followLink())];
    this.#followLink();
  }

  /** There may be more to push or to fetch. */
  look(): void {
    if (!this.#online) return;
    for (const key of [...this.#rooms.dirty, ...this.#ahead()]) {
      if (this.#met.has(key)) continue;
      this.#met.add(key);
      this.#queue.push(key);
    }
    while (this.#workers < Math.min(AT_ONCE, this.#queue.length)) void this.#work();
  }

  /** Another tab changed this room, and may be gone before it could push it. */
  lookAgain(key: RoomKey): void {
    this.#met.delete(key);
    this.look();
  }

  close(): void {
    this.#queue = [];
    for (const stop of this.#stops) stop();
  }

  get #online(): boolean {
    return this.#link.state.current.kind === "online";
  }

  #followLink(): void {
    this.#queue = [];
    this.#met = new Set();
    this.look();
  }

  async #work(): Promise<void> {
    this.#workers++;
    for (let key = this.#queue.shift(); key !== undefined; key = this.#queue.shift()) {
      await this.#sync(key).catch(() => undefined);
      if (!this.#online) break;
    }
    this.#workers--;
  }

  /** Opens the room until the server's content is here and this browser's is there. */
  async #sync(key: RoomKey): Promise<void> {
    const held = await this.#rooms.hold(key, 0);
    const { room } = held;
    const isDone = (): boolean =>
      !this.#online || room.refusal !== undefined || (room.merged && room.pending === 0);
    await whenRooms({ rooms: this.#rooms, link: this.#link }, isDone, PATIENCE);
    held.release();
  }
}
