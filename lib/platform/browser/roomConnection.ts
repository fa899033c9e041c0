/**
 * A room's connection: y-websocket's provider, connected while the link says that the server is there, with
 * a gate in front of its sockets and ears for the messages that are our server's own.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Awareness } from "y-protocols/awareness";
import { writeUpdate } from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import { Gate, type GateOptions } from "../../sync/gate.ts";
import { type Refused, parseCloseReason } from "../../sync/refusals.ts";
import { CLOSE, DURABLE_PROTOCOL, MESSAGE, TOKEN_PREFIX } from "../../sync/wire.ts";
import type { ServerLink } from "./serverLink.ts";

/** Where rooms are synchronised, as in "ws://localhost:4321/sync", and by what kind of socket. */
export interface SyncServer {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
}

export interface RoomConnectionOptions extends GateOptions {
  readonly server: SyncServer;
  /** The room's whole name. */
  readonly name: string;
  readonly link: ServerLink;
  readonly awareness: Awareness;
  /** So many of this connection's content messages are durable. */
  durable(count: number): void;
  /** The server's content has been merged in. */
  synced(): void;
  /** The server dropped a change: this member may only read. */
  denied(): void;
  /** The next connection counts from nought. */
  ended(): void;
  /** For good: there is no use in trying again. */
  refused(refusal: Refused): void;
  /** The server does not take the room as it is here. From now on nothing may be pushed until it is smaller. */
  tooBig(refusal: Refused): void;
}

const LONGEST_WAIT = 5_000;

export class RoomConnection {
  /** The origin of whatever the document learns from the server. */
  readonly provider: WebsocketProvider;
  readonly #options: RoomConnectionOptions;
  readonly #unfollow: () => void;
  #wasOpen = false;
  #refused = false;
  /** What this tab says of itself is longer than the server takes: it is not said any more. */
  #silent = false;

  constructor(options: RoomConnectionOptions) {
    const { server, name, link, awareness } = options;
    this.#options = options;
    this.provider = new WebsocketProvider(server.url, name, awareness.doc, {
      awareness,
      connect: false,
      disableBc: true,
      maxBackoffTime: LONGEST_WAIT,
      WebSocketPolyfill: this.#socketClass(),
      shouldReconnect: ({ code, reason }) => this.#mayReturn(code, reason),
    });
    this.#listen();
    this.#unfollow = link.state.subscribe(() => this.#follow());
    this.#follow();
  }

  reconnect(): void {
    this.provider.disconnect();
    this.#follow();
  }

  /** Sends a change that the provider does not send by itself: one that carries it as its origin. */
  push(update: Uint8Array): void {
    const message = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, MESSAGE.sync);
      writeUpdate(encoder, update);
    });
    if (this.provider.wsconnected) this.provider.ws?.send(message);
  }

  destroy(): void {
    this.#unfollow();
    this.provider.destroy();
  }

  /** Every socket brings the token as it is when it is opened, and has a gate of its own. */
  #socketClass(): typeof WebSocket {
    const options = this.#options;
    const { server, link, awareness } = options;
    const isSilent = (): boolean => this.#silent;
    return class extends server.WebSocket {
      readonly #gate = new Gate(awareness.clientID, options);

      constructor(url: string | URL) {
        super(url, [DURABLE_PROTOCOL, TOKEN_PREFIX + (link.currentToken ?? "")]);
      }

      override send(message: Uint8Array<ArrayBuffer>): void {
        if (message[0] === MESSAGE.awareness && isSilent()) return;
        if (this.#gate.lets(message)) super.send(message);
      }
    };
  }

  #listen(): void {
    const provider = this.provider;
    const options = this.#options;
    const { awareness, link } = options;
    const handlers = provider.messageHandlers;
    handlers[MESSAGE.auth] = () => options.denied();
    handlers[MESSAGE.durable] = (_, decoder) => options.durable(decoding.readVarUint(decoder));
    handlers[MESSAGE.membership] = () => void link.refresh();
    provider.on("sync", (isSynced) => {
      if (isSynced) options.synced();
    });
    provider.on("status", ({ status }) => {
      if (status === "connected") meetAgain(awareness);
    });
    provider.on("connection-close", () => {
      this.#wasOpen = provider.wsconnected;
      options.ended();
    });
  }

  #follow(): void {
    if (this.#options.link.state.current.kind === "online" && !this.#refused)
      this.provider.connect();
    else this.provider.disconnect();
  }

  /** Why the server closed the connection decides whether the provider tries again by itself. */
  #mayReturn(code: number, reason: string): boolean {
    const { link } = this.#options;
    const refusal = parseCloseReason(reason);
    switch (code) {
      case CLOSE.roomDeleted:
      case CLOSE.malformed:
        return this.#refuse(refusal);
      case CLOSE.tooBig:
        if (refusal.code !== "presence-too-big") this.#options.tooBig(refusal);
        else {
          this.#silent = true;
          link.told(refusal);
        }
        return true;
      case CLOSE.tryLater:
        link.told(refusal);
        return true;
      default:
        if (code === CLOSE.goingAway) link.told(refusal);
        // A socket that was open tells that the server is gone; one that never opened may be the only one.
        if (this.#wasOpen) link.lost();
        else void link.refresh();
        return true;
    }
  }

  #refuse(refusal: Refused): false {
    this.#refused = true;
    this.#options.refused(refusal);
    return false;
  }
}

/** Presence goes by clocks, and an old one is passed over: for whoever is met again it starts anew, on both sides. */
function meetAgain(awareness: Awareness): void {
  for (const client of [...awareness.meta.keys()])
    if (client !== awareness.clientID) awareness.meta.delete(client);
  const state = awareness.getLocalState();
  if (state !== null) awareness.setLocalState(state);
}
