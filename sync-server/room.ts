/**
 * One room while somebody has it open: its document, its people, and the order of things: check, append,
 * commit, broadcast, acknowledge. What is not committed is sent to nobody.
 */
import * as decoding from "lib0/decoding";
import * as Y from "yjs";
import { CLOSE, MESSAGE, SIGN_OF_LIFE, SYNC, encodeDurable } from "../lib/sync/wire.ts";
import type { Bus, Committed, RoomLine } from "./bus/bus.ts";
import { deniedFrame, syncStep1, syncStep2, updateFrame } from "./frames.ts";
import { HeldUpdates } from "./heldUpdates.ts";
import { limits } from "./limits.ts";
import type { Peer } from "./peer.ts";
import { Presence } from "./presence.ts";
import { RoomDocument } from "./roomDocument.ts";
import { RoomLog } from "./roomLog.ts";
import { isDiskFull } from "./stores/diskFull.ts";
import type { Store, StoredRoom } from "./stores/store.ts";
import { isStoreAway } from "./stores/storeAway.ts";

export type Received = "ok" | "malformed" | "presence-too-big" | "room-too-big" | "try-later";

/** Why the document in memory is not what is stored; whoever has it open is told. */
export type Spoilt = "try-later" | "disk-full" | "server-failed";

/** What the server keeps of its rooms, and how it hears of other nodes. */
export interface RoomParts {
  readonly store: Store;
  readonly bus: Bus;
  /**
   * The document in memory can no longer be trusted to be what is stored: the room has to be loaded anew.
   */
  readonly spoiled: (why: Spoilt) => void;
  /** The room was deleted on another node. */
  readonly deleted: () => void;
  /** How much content a room may hold. */
  readonly maxBytes: number;
}

export class Room {
  readonly #name: string;
  readonly #parts: RoomParts;
  readonly #document: RoomDocument;
  readonly #held: HeldUpdates;
  readonly #log: RoomLog;
  readonly #line: RoomLine;
  readonly #presence: Presence;
  readonly #peers = new Set<Peer>();
  readonly #committed = new Map<Peer, number>();
  #gapTimer: NodeJS.Timeout | undefined;
  #fetching: Promise<void> | undefined;
  #destroyed = false;

  /** Loads the room whole; undefined where it was deleted. */
  static async load(name: string, parts: RoomParts): Promise<Room | undefined> {
    let room: Room | undefined;
    const early: ((room: Room) => void)[] = [];
    const tell = (what: (room: Room) => void): void => {
      if (room) what(room);
      else early.push(what);
    };
    // First listen, then load: what others commit meanwhile is in one or the other, or in both.
    const line = await parts.bus.join(name, {
      committed: (updates) => tell((room) => room.#hear(updates)),
      standsAt: (seq) => tell((room) => room.standsAt(seq)),
      presence: (member, update) => tell((room) => room.#presence.hear(member, update)),
      asked: () => tell((room) => room.#presence.tellElsewhere()),
      deleted: () => tell(() => parts.deleted()),
    });
    try {
      const stored = await parts.store.load(name);
      if (!stored.deleted) room = new Room(name, parts, line, stored);
    } finally {
      if (!room) line.leave();
    }
    for (const what of early) if (room && !room.#destroyed) what(room);
    line.ask();
    return room;
  }

  private constructor(name: string, parts: RoomParts, line: RoomLine, stored: StoredRoom) {
    this.#name = name;
    this.#parts = parts;
    this.#line = line;
    this.#document = new RoomDocument(stored);
    this.#held = new HeldUpdates(stored.upTo);
    this.#log = new RoomLog(name, parts.store, stored);
    this.#presence = new Presence(this.#document.doc, this.#peers, line);
  }

  join(peer: Peer): void {
    this.#peers.add(peer);
    this.#committed.set(peer, 0);
    peer.send(syncStep1(this.#document.doc));
    const present = this.#presence.all();
    if (present) peer.send(present);
  }

  leave(peer: Peer): void {
    this.#peers.delete(peer);
    this.#committed.delete(peer);
    this.#presence.leave(peer);
  }

  /** Takes one message of a peer. Anything that is not a message of the protocol is "malformed". */
  receive(peer: Peer, bytes: Uint8Array): Received {
    try {
      const decoder = decoding.createDecoder(bytes);
      switch (decoding.readVarUint(decoder)) {
        case MESSAGE.sync:
          return this.#receiveSync(peer, decoder);
        case MESSAGE.awareness: {
          if (bytes.length > limits.awarenessBytes) return "presence-too-big";
          const update = decoding.readVarUint8Array(decoder);
          // A caret stands in text that is on its way to the disk: whoever draws it first draws it in vain.
          this.#presence.receive(peer, update, (tell) => this.#log.afterBroadcasts(tell));
          return "ok";
        }
        case MESSAGE.queryAwareness:
          peer.send(this.#presence.all() ?? SIGN_OF_LIFE);
          return "ok";
        default:
          return "ok"; // a newer client's message that this server does not know
      }
    } catch {
      return "malformed";
    }
  }

  /** Everything asked for so far is durable or refused, and the log is short. */
  settle(): Promise<void> {
    return this.#log.settle();
  }

  /** Everything asked for so far is durable and acknowledged, or refused. */
  committed(): Promise<void> {
    return this.#log.committed();
  }

  close(code: number, reason: string): void {
    for (const peer of this.#peers) peer.close(code, reason);
  }

  destroy(): void {
    this.#destroyed = true;
    clearTimeout(this.#gapTimer);
    this.#line.leave();
    this.#presence.destroy();
    this.#document.destroy();
  }

  /** The other nodes were away, and hear again who is here. */
  greetNodes(): void {
    this.#line.ask();
    this.#presence.tellElsewhere();
  }

  /** Somewhere the room has an update of this number. What does not come by itself soon is read from the store. */
  standsAt(seq: number): void {
    this.#held.hearOf(seq);
    this.#watchGap();
  }

  #watchGap(): void {
    if (!this.#held.behind || this.#gapTimer) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      if (this.#held.behind) void this.#fetchMissing();
    }, limits.gapMs).unref();
  }

  #hear(committed: readonly Committed[]): void {
    const fresh = committed.filter(({ seq }) => this.#held.add(seq));
    this.#learnStored({ snapshot: undefined, updates: fresh.map(({ update }) => update) });
    this.#watchGap();
  }

  #fetchMissing(): Promise<void> {
    this.#fetching ??= this.#parts.store
      .load(this.#name, this.#held.upTo)
      .then((stored) => {
        if (this.#destroyed) return;
        if (stored.deleted) {
          this.#parts.deleted();
          return;
        }
        const first = stored.upTo - stored.updates.length + 1;
        const updates = stored.updates.filter((_, i) => this.#held.add(first + i));
        this.#learnStored({ snapshot: stored.snapshot, updates });
        this.#held.raise(stored.upTo);
      })
      .catch(() => undefined) // whoever hears of the room next tries again
      .finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  /** Takes what other nodes committed. */
  #learnStored(stored: Pick<StoredRoom, "snapshot" | "updates">): void {
    if (!stored.snapshot && stored.updates.length === 0) return;
    this.#log.grow(stored.updates);
    try {
      for (const update of this.#document.learnStored(stored)) this.#broadcast(updateFrame(update));
    } catch {
      this.#parts.spoiled("server-failed");
    }
  }

  #receiveSync(peer: Peer, decoder: decoding.Decoder): Received {
    switch (decoding.readVarUint(decoder)) {
      case SYNC.step1: {
        const known = decoding.readVarUint8Array(decoder);
        Y.decodeStateVector(known); // throws where the bytes are none
        this.#log.afterCommits(() => peer.send(syncStep2(this.#document.doc, known)));
        return "ok";
      }
      case SYNC.step2:
      case SYNC.update:
        return this.#receiveUpdate(peer, decoding.readVarUint8Array(decoder));
      default:
        return "malformed";
    }
  }

  #receiveUpdate(peer: Peer, update: Uint8Array): Received {
    if (!peer.mayWrite) {
      if (!this.#document.bringsNews(update)) this.#log.afterCommits(() => this.#acknowledge(peer));
      else peer.send(deniedFrame());
      return "ok";
    }
    const parts = Y.decodeUpdate(update); // throws where the bytes are no update, before the document is touched
    if (this.#log.bytes + update.length > this.#parts.maxBytes) {
      // The log may hold much that was deleted since.
      const weighed = this.#document.weigh(update, this.#parts.maxBytes);
      if (typeof weighed === "string") return weighed;
      this.#log.weighed(weighed - update.length);
    }
    // Whoever comes back brings first what the server lacks.
    if (this.#document.lacks(parts)) return "try-later";
    const news = this.#learn(peer, update);
    if (news === undefined) {
      this.#log.afterCommits(() => this.#acknowledge(peer));
      return "ok";
    }
    peer.hold(news.length);
    this.#log.append(news).then(
      (seq) => {
        peer.release(news.length);
        this.#committedUpdate(peer, { seq, update: news });
      },
      (error: unknown) => this.#parts.spoiled(whyNotKept(error)),
    );
    return "ok";
  }

  /**
   * Applies an update; gives back what it brought, or undefined where all of it was known. Nothing that
   * Yjs cannot integrate gets into the log, where it would keep the room from ever loading again.
   */
  #learn(peer: Peer, update: Uint8Array): Uint8Array | undefined {
    try {
      return this.#document.learn(update);
    } catch (error) {
      // Final for this peer, which would only send it again; everybody else comes back to what is stored.
      peer.close(CLOSE.malformed, "malformed");
      this.#parts.spoiled("try-later");
      throw error;
    }
  }

  #committedUpdate(from: Peer, committed: Committed): void {
    const bytes = updateFrame(committed.update);
    for (const peer of this.#peers) if (peer !== from) peer.send(bytes);
    this.#acknowledge(from);
    this.#line.commit(committed);
    this.#held.add(committed.seq);
    this.#watchGap();
  }

  #acknowledge(peer: Peer): void {
    const count = this.#committed.get(peer);
    if (count === undefined) return; // it left meanwhile
    this.#committed.set(peer, count + 1);
    if (peer.wantsDurable) peer.send(encodeDurable(count + 1));
  }

  #broadcast(bytes: Uint8Array): void {
    for (const peer of this.#peers) peer.send(bytes);
  }
}

function whyNotKept(error: unknown): Spoilt {
  if (isDiskFull(error)) return "disk-full";
  const { code } = error as { readonly code?: unknown };
  // Where it was deleted on another node, whoever comes back is told so.
  return isStoreAway(error) || code === "room-deleted" ? "try-later" : "server-failed";
}
