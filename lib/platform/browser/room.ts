/**
 * One room in this tab: the document loaded from this browser's log, every change appended to the log and
 * sent to the server, every change of others kept. A change counts as saved when the server has said so.
 */
import { Awareness, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import { type Observable, Settable } from "../../base/observable.ts";
import { applyContent } from "../../storage/fold.ts";
import type { ChangeId, StoredRoom, UpdateLog } from "../../storage/updateLog.ts";
import { type Change, Ledger } from "../../sync/ledger.ts";
import { FROM_SERVER, RoomProtocol } from "../../sync/roomProtocol.ts";
import { type OpenSocket, RoomSocket } from "./roomSocket.ts";
import type { ServerLink } from "./serverLink.ts";
import type { Tabs } from "./tabs.ts";

const FROM_LOG = Symbol("from this browser's log");
const FROM_TAB = Symbol("from another tab");

export interface RoomParts {
  /** Whole, as the wire and the log know it. */
  readonly name: string;
  readonly log: UpdateLog;
  readonly link: ServerLink;
  readonly tabs: Tabs;
  readonly openSocket: OpenSocket;
  readonly mayWrite: () => boolean;
  /** How many changes wait, why the room is refused, or whether it is merged, may have changed. */
  changed(): void;
  /** This browser's storage did not take a change. */
  notStored(error: unknown): void;
}

export class Room {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly #parts: RoomParts;
  readonly #ledger = new Ledger<ChangeId>();
  readonly #protocol: RoomProtocol;
  readonly #socket: RoomSocket;
  readonly #synced = new Settable(false);
  readonly #stops: (() => void)[] = [];
  #refusal: string | undefined;
  /** A viewer typed here: the document holds what nobody else shall get, and is not pushed any more. */
  #overlaid = false;
  #merged = false;

  private constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#socket = new RoomSocket(parts.link, parts.name, parts.openSocket, {
      opened: () => this.#protocol.start(),
      received: (message) => this.#protocol.receive(message),
      ended: () => {
        this.#protocol.end();
        this.#ledger.connectionEnded();
      },
      refused: (reason) => void this.#refused(reason),
      silent: () => this.#protocol.ask(),
    });
    this.#protocol = new RoomProtocol({
      doc: this.doc,
      awareness: this.awareness,
      mayPush: () => parts.mayWrite() && !this.#overlaid,
      send: (message) => this.#socket.send(message),
      contentSent: () => this.#ledger.messageSent(),
      synced: () => {
        this.#merged = true;
        this.#socket.works();
        parts.link.listening();
        this.#synced.set(true);
        parts.changed();
      },
      durable: (count) => this.#durable(count),
      denied: () => this.#denied(),
      membershipChanged: () => void parts.link.refresh(),
    });
    this.awareness.setLocalState(null);
  }

  /** Loads the room from the log; the server is not waited for. */
  static async open(parts: RoomParts): Promise<Room> {
    const room = new Room(parts);
    // Listened to before the log is read: what another tab appends meanwhile comes by one way or both.
    const early: { readonly update: Uint8Array; readonly change: ChangeId }[] = [];
    let take = (update: Uint8Array, change: ChangeId): void => void early.push({ update, change });
    room.#stops.push(
      parts.tabs.listen((message) => {
        if (message.kind === "change" && message.room === parts.name)
          take(message.update, message.change);
        if (message.kind === "acknowledged" && message.room === parts.name) {
          room.#ledger.acknowledgedElsewhere(new Set(message.changes));
          parts.changed();
        }
      }),
    );
    const stored = await room.#load();
    applyContent(room.doc, stored, FROM_LOG);
    for (const change of stored.pending) room.#ledger.add(change);
    take = (update, change) => room.#takeFromTab(update, change);
    for (const { update, change } of early)
      if (!stored.pending.includes(change)) take(update, change);
    room.#start();
    return room;
  }

  async #load(): Promise<StoredRoom> {
    const { log, name, mayWrite } = this.#parts;
    const stored = await log.load(name);
    if (stored.pending.length === 0 || mayWrite()) return stored;
    // Written here as an editor, and never sent: what a viewer reads is what the others have.
    await log.setAside(name, "read-only");
    return { snapshot: undefined, updates: [], pending: [] };
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

  get refusal(): string | undefined {
    return this.#refusal;
  }

  get overlaid(): boolean {
    return this.#overlaid;
  }

  /** This member may write now, or no longer: the server is met anew on those terms. */
  async roleChanged(): Promise<void> {
    if (!this.#parts.mayWrite()) await this.#setAside("read-only");
    this.#socket.reconnect();
  }

  destroy(): void {
    removeAwarenessStates(this.awareness, [this.doc.clientID], "closed");
    for (const stop of this.#stops) stop();
    this.#socket.close();
    this.awareness.destroy();
    this.doc.destroy();
  }

  #start(): void {
    const { link } = this.#parts;
    const onUpdate = (update: Uint8Array, origin: unknown): void => this.#keep(update, origin);
    const onAwareness = (_: unknown, origin: unknown): void => {
      if (origin !== FROM_SERVER) this.#protocol.announce();
    };
    this.doc.on("update", onUpdate);
    this.awareness.on("update", onAwareness);
    this.#stops.push(
      () => this.doc.off("update", onUpdate),
      () => this.awareness.off("update", onAwareness),
      link.state.subscribe(() => this.#followLink()),
    );
    this.#followLink();
    this.#socket.start();
  }

  /** Out of touch, there is nothing to wait for. */
  #followLink(): void {
    const { kind } = this.#parts.link.state.current;
    if (kind === "offline" || kind === "refused") this.#synced.set(true);
  }

  #keep(update: Uint8Array, origin: unknown): void {
    const { log, name, tabs } = this.#parts;
    if (origin === FROM_LOG || origin === FROM_TAB) return;
    if (origin === FROM_SERVER) {
      log.appendAcknowledged(name, update).catch((error: unknown) => this.#parts.notStored(error));
      return;
    }
    if (!this.#parts.mayWrite() || this.#overlaid || this.#refusal !== undefined) {
      this.#overlaid = true;
      this.#parts.changed();
      return;
    }
    const change = this.#ledger.add();
    log.append(name, update).then(
      (id) => {
        change.id = id;
        tabs.post({ kind: "change", room: name, update, change: id });
        if (change.acknowledged) void this.#settle([change]);
      },
      (error: unknown) => this.#parts.notStored(error),
    );
    this.#protocol.push(update);
    this.#parts.changed();
  }

  #takeFromTab(update: Uint8Array, change: ChangeId): void {
    if (this.#overlaid) return;
    this.#ledger.add(change);
    Y.applyUpdate(this.doc, update, FROM_TAB);
    // Sent from here too: the other tab may be gone before it could.
    this.#protocol.push(update);
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
    this.#socket.reconnect();
    void this.#parts.link.refresh();
  }

  async #refused(reason: string): Promise<void> {
    this.#refusal = reason;
    if (reason === "room-deleted") await this.#setAside("room-deleted");
    this.#parts.changed();
  }

  async #setAside(reason: "read-only" | "room-deleted"): Promise<void> {
    if (this.#ledger.size === 0) return;
    this.#overlaid = true;
    this.#ledger.clear();
    await this.#parts.log.setAside(this.#parts.name, reason);
    this.#parts.changed();
  }
}
