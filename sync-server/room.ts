/**
 * One room while somebody has it open: its document, its people, and the order of things: check, append,
 * commit, broadcast, acknowledge. What is not committed is sent to nobody.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { writePermissionDenied } from "y-protocols/auth";
import { readSyncStep1, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { CLOSE, MESSAGE, SYNC, encodeDurable } from "../lib/sync/wire.ts";
import { applyOwnAwareness } from "./awarenessGate.ts";
import { RoomLog } from "./roomLog.ts";
import { limits } from "./limits.ts";
import { bringsNews } from "./news.ts";
import { isWhole, waitingBytes } from "./orphans.ts";
import type { Peer } from "./peer.ts";
import { sizeWith } from "./roomSize.ts";
import { applyStored } from "./stores/foldLog.ts";
import { isDiskFull } from "./stores/diskFull.ts";
import type { Store } from "./stores/store.ts";

export type Received = "ok" | "malformed" | "presence-too-big" | "room-too-big" | "try-later";

/** Why the document in memory is not what is stored; whoever has it open is told. */
export type Spoilt = "try-later" | "disk-full" | "server-failed";

export class Room {
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  readonly #log: RoomLog;
  readonly #peers = new Set<Peer>();
  readonly #committed = new Map<Peer, number>();
  readonly #spoiled: (why: Spoilt) => void;
  readonly #maxBytes: number;
  #mayWeighAt = 0;
  /** What the document learnt from the update that is being applied. */
  #learnt: Uint8Array | undefined;

  /**
   * Loads the room whole; undefined where it was deleted. `spoiled` is called when the document in memory
   * can no longer be trusted to be what is stored: the room has to be loaded anew. `maxBytes`: of its content.
   */
  static async load(
    name: string,
    store: Store,
    spoiled: (why: Spoilt) => void,
    maxBytes: number = limits.roomBytes,
  ): Promise<Room | undefined> {
    const stored = await store.load(name);
    if (stored.deleted) return undefined;
    const room = new Room(new RoomLog(name, store, stored), spoiled, maxBytes);
    applyStored(room.#doc, stored);
    room.#doc.on("update", (update: Uint8Array) => (room.#learnt = update));
    return room;
  }

  private constructor(log: RoomLog, spoiled: (why: Spoilt) => void, maxBytes: number) {
    this.#log = log;
    this.#spoiled = spoiled;
    this.#maxBytes = maxBytes;
    this.#awareness.setLocalState(null);
  }

  join(peer: Peer): void {
    this.#peers.add(peer);
    this.#committed.set(peer, 0);
    peer.send(message(MESSAGE.sync, (encoder) => writeSyncStep1(encoder, this.#doc)));
    const present = [...this.#awareness.getStates().keys()];
    if (present.length > 0) peer.send(this.#presence(present));
  }

  leave(peer: Peer): void {
    this.#peers.delete(peer);
    this.#committed.delete(peer);
    const gone = [...peer.clients].filter((client) => this.#awareness.meta.has(client));
    removeAwarenessStates(this.#awareness, gone, null);
    if (gone.length > 0) this.#broadcast(this.#presence(gone));
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
          const changed = applyOwnAwareness(this.#awareness, peer, this.#peers, update);
          if (changed.length > 0) this.#broadcast(this.#presence(changed));
          return "ok";
        }
        case MESSAGE.queryAwareness:
          peer.send(this.#presence([...this.#awareness.getStates().keys()]));
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
    this.#awareness.destroy();
    this.#doc.destroy();
  }

  #receiveSync(peer: Peer, decoder: decoding.Decoder): Received {
    switch (decoding.readVarUint(decoder)) {
      case SYNC.step1: {
        const known = decoding.readVarUint8Array(decoder);
        Y.decodeStateVector(known); // throws where the bytes are none
        this.#log.afterCommits(() => this.#answerStep1(peer, known));
        return "ok";
      }
      case SYNC.step2:
      case SYNC.update:
        return this.#receiveUpdate(peer, decoding.readVarUint8Array(decoder));
      default:
        return "malformed";
    }
  }

  #answerStep1(peer: Peer, known: Uint8Array): void {
    const request = encoding.createEncoder();
    encoding.writeVarUint8Array(request, known);
    const decoder = decoding.createDecoder(encoding.toUint8Array(request));
    peer.send(message(MESSAGE.sync, (encoder) => readSyncStep1(decoder, encoder, this.#doc)));
  }

  #receiveUpdate(peer: Peer, update: Uint8Array): Received {
    if (!peer.mayWrite) {
      if (!bringsNews(this.#doc, update)) this.#log.afterCommits(() => this.#acknowledge(peer));
      else
        peer.send(message(MESSAGE.auth, (encoder) => writePermissionDenied(encoder, "read-only")));
      return "ok";
    }
    const parts = Y.decodeUpdate(update); // throws where the bytes are no update, before the document is touched
    if (this.#log.bytes + update.length > this.#maxBytes) {
      const verdict = this.#weigh(update);
      if (verdict !== "ok") return verdict;
    }
    // Whoever comes back brings first what the server lacks.
    if (waitingBytes(this.#doc) > limits.waitingBytes && !isWhole(this.#doc, parts))
      return "try-later";
    const news = this.#learn(peer, update);
    if (news === undefined) {
      this.#log.afterCommits(() => this.#acknowledge(peer));
      return "ok";
    }
    peer.hold(news.length);
    this.#log.append(news).then(
      () => {
        peer.release(news.length);
        this.#committedUpdate(peer, news);
      },
      (error: unknown) => this.#spoiled(isDiskFull(error) ? "disk-full" : "server-failed"),
    );
    return "ok";
  }

  /** The log and the update together are over the limit, but the log may hold much that was deleted since. */
  #weigh(update: Uint8Array): "ok" | "room-too-big" | "try-later" {
    const began = performance.now();
    if (began < this.#mayWeighAt) return "try-later";
    const bytes = sizeWith(this.#doc, update);
    const now = performance.now();
    this.#mayWeighAt = now + (now - began) / limits.weighPart;
    if (bytes > this.#maxBytes) return "room-too-big";
    this.#log.weighed(bytes - update.length);
    return "ok";
  }

  /**
   * Applies an update; gives back what it brought, or undefined where all of it was known. Nothing that
   * Yjs cannot integrate gets into the log, where it would keep the room from ever loading again.
   */
  #learn(peer: Peer, update: Uint8Array): Uint8Array | undefined {
    const pending = this.#doc.store.pendingStructs ?? this.#doc.store.pendingDs;
    this.#learnt = undefined;
    try {
      Y.applyUpdate(this.#doc, update);
    } catch (error) {
      // Final for this peer, which would only send it again; everybody else comes back to what is stored.
      peer.close(CLOSE.malformed, "malformed");
      this.#spoiled("try-later");
      throw error;
    }
    const waits = this.#doc.store.pendingStructs ?? this.#doc.store.pendingDs;
    // Parts that wait for others are in no event: then the bytes themselves are kept.
    if (waits !== null || pending !== null) return Uint8Array.from(update);
    return this.#learnt;
  }

  #committedUpdate(from: Peer, update: Uint8Array): void {
    const bytes = message(MESSAGE.sync, (encoder) => writeUpdate(encoder, update));
    for (const peer of this.#peers) if (peer !== from) peer.send(bytes);
    this.#acknowledge(from);
  }

  #acknowledge(peer: Peer): void {
    const count = this.#committed.get(peer);
    if (count === undefined) return; // it left meanwhile
    this.#committed.set(peer, count + 1);
    if (peer.wantsDurable) peer.send(encodeDurable(count + 1));
  }

  #presence(clients: number[]): Uint8Array {
    return message(MESSAGE.awareness, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.#awareness, clients)),
    );
  }

  #broadcast(bytes: Uint8Array): void {
    for (const peer of this.#peers) peer.send(bytes);
  }
}

function message(kind: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  write(encoder);
  return encoding.toUint8Array(encoder);
}
