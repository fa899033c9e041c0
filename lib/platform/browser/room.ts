/**
 * One room in this tab: the document loaded from this browser's log, every change appended to the log and
 * sent to the server, every change of others kept. A change counts as saved when the server has said so.
 */
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { type Observable, Settable } from "../../base/observable.ts";
import { applyContent } from "../../storage/fold.ts";
import type { ChangeId, StoredRoom, UpdateLog } from "../../storage/updateLog.ts";
import { type Change, Ledger } from "../../sync/ledger.ts";
import type { Refused } from "../../sync/refusals.ts";
import { HeldBack } from "./heldBack.ts";
import { RoomConnection, type SyncServer } from "./roomConnection.ts";
import type { ServerLink } from "./serverLink.ts";
import type { TabMessage, Tabs } from "./tabs.ts";

export interface RoomParts {
  /** Whole, as the wire and the log know it. */
  readonly name: string;
  readonly log: UpdateLog;
  readonly link: ServerLink;
  readonly tabs: Tabs;
  readonly server: SyncServer;
  readonly mayWrite: () => boolean;
  /** How many changes wait, why the room is refused, or whether it is merged, may have changed. */
  changed(): void;
}

export class Room {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly #parts: RoomParts;
  readonly #ledger = new Ledger<ChangeId>();
  readonly #connection: RoomConnection;
  readonly #synced = new Settable(false);
  readonly #stops: (() => void)[] = [];
  readonly #heldBack: HeldBack;
  #refusal: Refused | undefined;
  /** A viewer typed here: the document holds what nobody else shall get, and is not pushed any more. */
  #overlaid = false;
  #merged = false;
  #takingFromTab = false;

  private constructor(parts: RoomParts, stored: StoredRoom) {
    this.#parts = parts;
    const { doc, awareness } = this;
    const { link, name, server } = parts;
    awareness.setLocalState(null);
    applyContent(doc, stored);
    for (const change of stored.pending) this.#ledger.add(change);
    this.#heldBack = new HeldBack(doc, () => {
      this.#connection.reconnect();
      parts.changed();
    });
    // Ahead of the connection, so that a change is in the ledger before the message that carries it.
    doc.on("update", (update: Uint8Array, origin: unknown) => this.#keep(update, origin));
    this.#connection = new RoomConnection({
      server,
      name,
      link,
      awareness,
      mayPush: () => parts.mayWrite() && !this.#overlaid && !this.#heldBack.refusal,
      contentSent: () => this.#ledger.messageSent(),
      durable: (count) => this.#durable(count),
      synced: () => this.#becameSynced(),
      denied: () => this.#denied(),
      ended: () => this.#ledger.connectionEnded(),
      refused: (refusal) => void this.#refused(refusal),
      tooBig: (refusal) => {
        this.#heldBack.hold(refusal);
        parts.changed();
      },
    });
    this.#stops.push(link.state.subscribe(() => this.#followLink()));
    this.#followLink();
  }

  /** Loads the room from the log; the server is not waited for. */
  static async open(parts: RoomParts): Promise<Room> {
    // Listened to before the log is read: what another tab appends meanwhile comes by one way or both.
    const early: TabMessage[] = [];
    let hear = (message: TabMessage): void => void early.push(message);
    const stop = parts.tabs.listen((message) => hear(message));
    try {
      const stored = await load(parts);
      const room = new Room(parts, stored);
      room.#stops.push(stop);
      hear = (message) => room.#hear(message);
      for (const message of early)
        if (message.kind !== "change" || !stored.pending.includes(message.change)) hear(message);
      return room;
    } catch (error) {
      stop();
      throw error;
    }
  }

  get synced(): Observable<boolean> {
    return this.#synced;
  }

  /** True once this tab has had the server's content, not only where there is none to be had. */
  get merged(): boolean {
    return this.#merged;
  }

  /** How many changes the server has not acknowledged. */
  get pending(): number {
    return this.#ledger.size;
  }

  /** How many changes are in this tab alone: neither in the log nor acknowledged. */
  get unkept(): number {
    return this.#ledger.unkept;
  }

  get refusal(): Refused | undefined {
    return this.#refusal ?? this.#heldBack.refusal;
  }

  get overlaid(): boolean {
    return this.#overlaid;
  }

  /** This member may write now, or no longer: the server is met anew on those terms. */
  async roleChanged(): Promise<void> {
    if (!this.#parts.mayWrite()) await this.#setAside("read-only");
    this.#connection.reconnect();
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#heldBack.end();
    this.#connection.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }

  /** Out of touch, there is nothing to wait for. */
  #followLink(): void {
    const { kind } = this.#parts.link.state.current;
    if (kind !== "offline" && kind !== "refused") return;
    this.#synced.set(true);
    // The server that comes back may take more.
    this.#heldBack.end();
  }

  #keep(update: Uint8Array, origin: unknown): void {
    const { log, name, tabs } = this.#parts;
    if (origin === this.#connection.provider) {
      if (this.#takingFromTab) return;
      log.appendAcknowledged(name, update).catch(removed);
      return;
    }
    if (!this.#parts.mayWrite() || this.#overlaid || this.#refusal !== undefined) {
      this.#overlaid = true;
      this.#parts.changed();
      return;
    }
    const change = this.#ledger.add();
    const sent = this.#parts.link.state.current.kind === "online" && !this.#heldBack.refusal;
    log.append(name, update, sent).then((id) => {
      change.id = id;
      tabs.post({ kind: "change", room: name, update, change: id });
      if (change.acknowledged) void this.#settle([change]);
    }, removed);
    this.#parts.changed();
  }

  #hear(message: TabMessage): void {
    if (!("room" in message) || message.room !== this.#parts.name) return;
    if (message.kind === "acknowledged")
      this.#ledger.acknowledgedElsewhere(new Set(message.changes));
    else if (!this.#overlaid) this.#takeFromTab(message.update, message.change);
    this.#parts.changed();
  }

  /**
   * The change is in the log already. It is sent from here too, since the other tab may be gone before it
   * could; and whole, where the provider would send only what of it is news to this document.
   */
  #takeFromTab(update: Uint8Array, change: ChangeId): void {
    this.#ledger.add(change);
    this.#takingFromTab = true;
    try {
      Y.applyUpdate(this.doc, update, this.#connection.provider);
    } finally {
      this.#takingFromTab = false;
    }
    this.#connection.push(update);
  }

  #becameSynced(): void {
    this.#merged = true;
    this.#parts.link.listening();
    this.#synced.set(true);
    this.#parts.changed();
  }

  #durable(count: number): void {
    const settled = this.#ledger.messagesDurable(count);
    if (settled.length === 0) return;
    void this.#settle(settled);
    this.#parts.changed();
  }

  async #settle(changes: readonly Change<ChangeId>[]): Promise<void> {
    const { log, name, tabs } = this.#parts;
    const ids = changes.map(({ id }) => id).filter((id) => id !== undefined);
    if (ids.length === 0) return;
    tabs.post({ kind: "acknowledged", room: name, changes: ids });
    await log.acknowledge(ids).catch(() => undefined);
  }

  /** From here on the server's count says nothing: it counts only what it took. */
  #denied(): void {
    this.#connection.reconnect();
    void this.#parts.link.refresh();
  }

  async #refused(refusal: Refused): Promise<void> {
    this.#refusal = refusal;
    if (refusal.code === "room-deleted") await this.#setAside("room-deleted");
    this.#parts.changed();
  }

  async #setAside(reason: "read-only" | "room-deleted"): Promise<void> {
    if (this.#ledger.size === 0) return;
    this.#overlaid = true;
    this.#ledger.clear();
    // Where the disk is full it stays in the log, and is set aside when the room is opened next.
    await this.#parts.log.setAside(this.#parts.name, reason).catch(() => undefined);
    this.#parts.changed();
  }
}

/** The log takes everything but what was removed from this browser meanwhile. */
function removed(): void {
  // There is nobody left to tell.
}

async function load({ log, name, mayWrite }: RoomParts): Promise<StoredRoom> {
  const stored = await log.load(name);
  if (stored.pending.length === 0 || mayWrite()) return stored;
  // Written here as an editor, and never sent: what a viewer reads is what the others have.
  await log.setAside(name, "read-only");
  return { snapshot: undefined, updates: [], pending: [] };
}
