/** A room's websocket: opened when the server can be reached, watched while it is open, opened again after. */
import { backoff } from "../../sync/backoff.ts";
import { CLOSE, DURABLE_PROTOCOL, TOKEN_PREFIX } from "../../sync/wire.ts";
import type { ServerLink } from "./serverLink.ts";

/** Opens a websocket to a room, by its whole name. */
export type OpenSocket = (room: string, protocols: string[]) => WebSocket;

export interface RoomSocketEvents {
  opened(): void;
  /** Throws where the message is none. */
  received(message: Uint8Array): void;
  ended(): void;
  /** For good: there is no use in trying again. */
  refused(reason: string): void;
  /** Nothing was heard for a while: the other side should be asked for a sign of life. */
  silent(): void;
}

const LONGEST_WAIT = 5_000;
/** Milliseconds between two looks whether anything was heard. A silence of two is a dead connection. */
const LOOK = 6_000;

export class RoomSocket {
  readonly #link: ServerLink;
  readonly #room: string;
  readonly #openSocket: OpenSocket;
  readonly #events: RoomSocketEvents;
  #socket: WebSocket | undefined;
  #opening = false;
  #closed = false;
  #failures = 0;
  #looksInSilence = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #unfollow: (() => void) | undefined;

  constructor(link: ServerLink, room: string, openSocket: OpenSocket, events: RoomSocketEvents) {
    this.#link = link;
    this.#room = room;
    this.#openSocket = openSocket;
    this.#events = events;
  }

  start(): void {
    const follow = (): void => {
      if (this.#link.state.current.kind === "online") void this.#connect();
      else this.#drop();
    };
    this.#unfollow = this.#link.state.subscribe(follow);
    this.#watch = setInterval(() => this.#look(), LOOK);
    follow();
  }

  send(message: Uint8Array): void {
    if (this.#socket?.readyState === 1) this.#socket.send(message as Uint8Array<ArrayBuffer>);
  }

  /** The connection has been of use: the next failure is the first. */
  works(): void {
    this.#failures = 0;
  }

  reconnect(): void {
    this.#drop();
    void this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#unfollow?.();
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#drop();
  }

  async #connect(): Promise<void> {
    if (this.#closed || this.#socket || this.#opening) return;
    clearTimeout(this.#timer);
    this.#opening = true;
    const token = await this.#link.token();
    this.#opening = false;
    if (this.#closed || this.#socket || token === undefined) return;
    const socket = this.#openSocket(this.#room, [DURABLE_PROTOCOL, TOKEN_PREFIX + token]);
    this.#socket = socket;
    let opened = false;
    socket.binaryType = "arraybuffer";
    // In Node an error that nobody listens to ends the process; onclose comes after it.
    socket.onerror = () => undefined;
    socket.onopen = () => {
      opened = true;
      this.#looksInSilence = 0;
      this.#events.opened();
    };
    socket.onmessage = ({ data }) => {
      this.#looksInSilence = 0;
      try {
        this.#events.received(new Uint8Array(data as ArrayBuffer));
      } catch {
        this.#again(); // not our server's word: hear it anew
      }
    };
    socket.onclose = ({ code, reason }) => this.#ended(code, reason, opened);
  }

  #ended(code: number, reason: string, opened: boolean): void {
    this.#drop();
    switch (code) {
      case CLOSE.roomDeleted:
      case CLOSE.malformed:
        return this.#refuse(reason);
      case CLOSE.tooBig:
        return this.#refuse("room-too-big");
      case CLOSE.tokenRefused:
        this.#link.forgetToken();
        return this.#again();
      case CLOSE.tryLater:
        return this.#again();
      default:
        // A socket that was open tells that the server is gone; one that never opened may be the only one.
        if (opened) this.#link.lost();
        else void this.#link.refresh();
        return this.#again();
    }
  }

  #refuse(reason: string): void {
    this.#closed = true;
    this.#events.refused(reason);
  }

  #again(): void {
    this.#drop();
    const wait = backoff(this.#failures++, LONGEST_WAIT, Math.random());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#link.state.current.kind === "online") void this.#connect();
    }, wait);
  }

  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#events.ended();
  }

  #look(): void {
    if (!this.#socket) return;
    this.#looksInSilence++;
    if (this.#looksInSilence > 2) this.#link.lost();
    else if (this.#looksInSilence === 2) this.#events.silent();
  }
}
