/**
 * One connection of one room, from the client's side: the y-websocket protocol without a socket, a clock
 * or a log. Bytes go in and out; what the document learns carries FROM_SERVER as its origin.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import {
  type Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from "y-protocols/awareness";
import { writeSyncStep1, writeSyncStep2, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { MESSAGE, SYNC } from "./wire.ts";

export const FROM_SERVER = Symbol("from the server");

export interface RoomProtocolOptions {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** May this member's changes leave this tab? */
  mayPush(): boolean;
  send(message: Uint8Array): void;
  /** A message that the server will acknowledge is about to be sent. */
  contentSent(): void;
  /** The server's content has been merged in. */
  synced(): void;
  /** So many of this connection's content messages are durable. */
  durable(count: number): void;
  /** The server dropped a change: this member may only read. */
  denied(): void;
  /** Who belongs to the workspace, or what they may do, has changed. */
  membershipChanged(): void;
}

export class RoomProtocol {
  readonly #options: RoomProtocolOptions;
  /** From the moment the server has been told what it lacked, every change follows at once. */
  #pushing = false;

  constructor(options: RoomProtocolOptions) {
    this.#options = options;
  }

  /** The connection is open. */
  start(): void {
    const { doc, awareness } = this.#options;
    this.#send(MESSAGE.sync, (encoder) => writeSyncStep1(encoder, doc));
    // Set again, so that its clock is newer than the one with which the server saw us leave.
    const state = awareness.getLocalState();
    if (state !== null) {
      awareness.setLocalState(state);
      this.announce();
    }
  }

  /** Takes one message of the server. Throws where it is none. */
  receive(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE.sync:
        return this.#receiveSync(decoder);
      case MESSAGE.awareness: {
        const update = decoding.readVarUint8Array(decoder);
        applyAwarenessUpdate(this.#options.awareness, update, FROM_SERVER);
        return;
      }
      case MESSAGE.auth:
        return this.#options.denied();
      case MESSAGE.durable:
        return this.#options.durable(decoding.readVarUint(decoder));
      case MESSAGE.membership:
        return this.#options.membershipChanged();
      default:
        return; // a newer server's message
    }
  }

  /** A change of this browser's. Before the server's first question it waits: the answer holds it. */
  push(update: Uint8Array): void {
    if (this.#pushing && this.#options.mayPush())
      this.#sendContent((encoder) => writeUpdate(encoder, update));
  }

  /** Tells the others what this tab says of itself. */
  announce(): void {
    const { doc, awareness } = this.#options;
    const update = encodeAwarenessUpdate(awareness, [doc.clientID]);
    this.#send(MESSAGE.awareness, (encoder) => encoding.writeVarUint8Array(encoder, update));
  }

  /** Asks for a sign of life. */
  ask(): void {
    this.#send(MESSAGE.queryAwareness, () => undefined);
  }

  /** The connection is gone, and with it whoever else was here. */
  end(): void {
    const { doc, awareness } = this.#options;
    this.#pushing = false;
    const others = [...awareness.getStates().keys()].filter((client) => client !== doc.clientID);
    removeAwarenessStates(awareness, others, FROM_SERVER);
  }

  #receiveSync(decoder: decoding.Decoder): void {
    const { doc } = this.#options;
    const kind = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    switch (kind) {
      case SYNC.step1:
        if (!this.#options.mayPush()) return;
        this.#sendContent((encoder) => writeSyncStep2(encoder, doc, bytes));
        this.#pushing = true;
        return;
      case SYNC.step2:
        Y.applyUpdate(doc, bytes, FROM_SERVER);
        return this.#options.synced();
      case SYNC.update:
        Y.applyUpdate(doc, bytes, FROM_SERVER);
        return;
      default:
        throw new Error(`unknown sync message ${kind}`);
    }
  }

  #sendContent(write: (encoder: encoding.Encoder) => void): void {
    this.#options.contentSent();
    this.#send(MESSAGE.sync, write);
  }

  #send(kind: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    this.#options.send(encoding.toUint8Array(encoder));
  }
}
