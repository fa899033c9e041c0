/**
 * A client as light as can be, so that the server is what is measured: it types into a document of its own, and of
 * what others send it only tells the bytes.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { MESSAGE, SYNC } from "../../../lib/sync/wire.ts";
import type { Dialect } from "./dialect.ts";

/** Where a room is, and what to offer there. */
export interface Door {
  readonly url: string;
  readonly protocols: readonly string[];
}

export interface ClientEvents {
  /** Somebody's change came; what this client sent may come back, too. */
  update?(update: Uint8Array): void;
  /** This client's next change is about to be sent; how many content messages went before it. */
  sending?(before: number): void;
  /** The first so many of this client's content messages are durable. */
  durable?(count: number): void;
}

export class Client {
  readonly doc: Y.Doc;
  /** How many content messages went out, the answer to the server's question included. */
  contentSent = 0;
  readonly #ws: WebSocket;
  readonly #room: string;
  readonly #dialect: Dialect;
  readonly #events: ClientEvents;

  private constructor(
    ws: WebSocket,
    room: string,
    dialect: Dialect,
    events: ClientEvents,
    doc: Y.Doc,
  ) {
    this.doc = doc;
    this.#ws = ws;
    this.#room = room;
    this.#dialect = dialect;
    this.#events = events;
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.send(update);
    });
  }

  /** Resolves with the content that the server has, once all of it is here. Rejects where it closes before. */
  static open(
    door: Door,
    room: string,
    dialect: Dialect,
    events: ClientEvents = {},
    doc = new Y.Doc(),
  ): Promise<{ readonly client: Client; readonly content: Uint8Array }> {
    const ws = new WebSocket(door.url, [...door.protocols], { perMessageDeflate: false });
    const client = new Client(ws, room, dialect, events, doc);
    return new Promise((resolve, reject) => {
      ws.on("error", reject);
      ws.on("close", (code, reason) =>
        reject(new Error(`the server closed the connection: ${code} ${reason.toString()}`)),
      );
      ws.on("open", () => {
        const greeting = dialect.greeting(room);
        if (greeting) ws.send(greeting);
        client.#sync(SYNC.step1, Y.encodeStateVector(client.doc));
      });
      ws.on("message", (data: Buffer) => {
        const decoder = dialect.read(data);
        const kind = decoding.readVarUint(decoder);
        if (kind === MESSAGE.durable) events.durable?.(decoding.readVarUint(decoder));
        if (kind !== MESSAGE.sync) return;
        const step = decoding.readVarUint(decoder);
        const bytes = decoding.readVarUint8Array(decoder);
        if (step === SYNC.update) events.update?.(bytes);
        else if (step === SYNC.step2) resolve({ client, content: bytes });
        else {
          client.contentSent++;
          client.#sync(SYNC.step2, Y.encodeStateAsUpdate(client.doc, bytes));
        }
      });
    });
  }

  /** Puts content into this client's document without telling the server, which has it. */
  take(content: Uint8Array): void {
    Y.applyUpdate(this.doc, content, this);
  }

  /** One letter at the end of this client's own line. */
  type(): void {
    typeLetter(this.doc);
  }

  send(update: Uint8Array): void {
    this.#events.sending?.(this.contentSent);
    this.contentSent++;
    this.#sync(SYNC.update, update);
  }

  close(): void {
    this.#ws.removeAllListeners("close");
    this.#ws.terminate();
    this.doc.destroy();
  }

  #sync(step: number, bytes: Uint8Array): void {
    this.#ws.send(
      this.#dialect.write(this.#room, (encoder) => {
        encoding.writeVarUint(encoder, MESSAGE.sync);
        encoding.writeVarUint(encoder, step);
        encoding.writeVarUint8Array(encoder, bytes);
      }),
    );
  }
}

export function typeLetter(doc: Y.Doc): void {
  const text = doc.getText("text");
  text.insert(text.length, "x");
}
