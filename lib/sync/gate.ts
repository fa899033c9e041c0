/**
 * Stands between a stock y-websocket client and its socket: lets out what this tab may send, and counts what
 * the server will acknowledge. One for each connection.
 */
import * as decoding from "lib0/decoding";
import { MESSAGE, SYNC } from "./wire.ts";

export interface GateOptions {
  /** May this member's changes leave this tab? */
  mayPush(): boolean;
  /** A message that the server will acknowledge is about to be sent. */
  contentSent(): void;
}

export class Gate {
  readonly #client: number;
  readonly #options: GateOptions;
  /** From the moment the server has been told what it lacked, every change follows at once. */
  #answered = false;

  /** `client`: this tab's presence id. Stock clients repeat what others said of themselves, too. */
  constructor(client: number, options: GateOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** May this message go out? To be asked once of each, in their order. */
  lets(message: Uint8Array): boolean {
    const decoder = decoding.createDecoder(message);
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE.sync:
        return this.#letsSync(decoding.readVarUint(decoder));
      case MESSAGE.awareness:
        return this.#isOwn(decoding.readVarUint8Array(decoder));
      default:
        return true;
    }
  }

  #isOwn(presence: Uint8Array): boolean {
    const decoder = decoding.createDecoder(presence);
    return decoding.readVarUint(decoder) === 1 && decoding.readVarUint(decoder) === this.#client;
  }

  #letsSync(kind: number): boolean {
    if (kind === SYNC.step1) return true;
    if (!this.#options.mayPush()) return false;
    if (kind === SYNC.step2) this.#answered = true;
    // The answer to the server's first question will hold it.
    else if (!this.#answered) return false;
    this.#options.contentSent();
    return true;
  }
}
