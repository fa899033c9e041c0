/**
 * What a trace of system calls says of the order of things: an update is written to the log, the log is synced, and
 * only then anybody hears of it, be it that it is durable or what it says.
 */
import { MESSAGE } from "../../lib/sync/wire.ts";
import type { Syscall } from "./syscalls.ts";

/** Somebody who wrote while the server was traced. */
export interface TracedWriter {
  /** Of its end of the connection. */
  readonly port: number;
  /** A text that stands in this edit's bytes and nowhere else, or undefined where it has none. */
  readonly mark: (edit: number) => string | undefined;
}

export interface Order {
  readonly acknowledged: number;
  readonly heard: number;
  readonly syncs: number;
  /** What was said too early, a sentence each. */
  readonly tooEarly: readonly string[];
}

/** `pattern`: finds every mark in a text. */
export function readOrder(
  calls: readonly Syscall[],
  writers: readonly TracedWriter[],
  pattern: RegExp,
): Order {
  const isLog = ({ on }: Syscall): boolean => on.endsWith("-wal");
  const syncs = calls.filter((call) => isLog(call) && /^f(data)?sync$/.test(call.name));
  const written = new Map<string, number>();
  for (const call of calls)
    if (isLog(call) && call.bytes.length > 0)
      for (const mark of marksIn(call.bytes, pattern))
        if (!written.has(mark)) written.set(mark, call.ended);

  const tooEarly: string[] = [];
  const mustBeSynced = (mark: string, send: Syscall, what: string): void => {
    const at = written.get(mark);
    const synced = at !== undefined && syncs.find(({ began }) => began > at);
    if (at === undefined || at > send.began) tooEarly.push(`${mark} was ${what}, and not written`);
    else if (!synced || synced.ended > send.began)
      tooEarly.push(`${mark} was ${what} between its write and the sync of it`);
  };

  let [acknowledged, heard] = [0, 0];
  for (const { port, mark } of writers) {
    const stream = new Stream();
    let count = 0;
    for (const send of sendsTo(port, calls))
      for (const message of stream.take(send.bytes)) {
        const durable = durableCount(message);
        for (; durable !== undefined && count < durable; count++) {
          const said = mark(count);
          acknowledged++;
          if (said !== undefined) mustBeSynced(said, send, "acknowledged");
        }
        if (durable !== undefined) continue;
        for (const said of marksIn(message, pattern)) {
          heard++;
          mustBeSynced(said, send, "sent to others");
        }
      }
  }
  return { acknowledged, heard, syncs: syncs.length, tooEarly };
}

function marksIn(bytes: Buffer, pattern: RegExp): string[] {
  return [...bytes.toString("latin1").matchAll(pattern)].map(([mark]) => mark);
}

function sendsTo(port: number, calls: readonly Syscall[]): Syscall[] {
  return calls
    .filter(({ on, name }) => on.endsWith(`:${port}]`) && /^(write|writev|sendto)$/.test(name))
    .sort((a, b) => a.began - b.began);
}

/** The count in "so many of this connection's messages are durable"; undefined where it is another message. */
function durableCount(message: Buffer): number | undefined {
  if (message[0] !== MESSAGE.durable) return undefined;
  let count = 0;
  for (const [i, byte] of message.subarray(1).entries()) count += (byte & 127) * 128 ** i;
  return count;
}

/** The messages in what a server sends over a websocket, behind its answer to the handshake. */
class Stream {
  #bytes = Buffer.alloc(0);
  #open = false;

  take(bytes: Buffer): Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#open) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return [];
      this.#open = true;
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    const messages: Buffer[] = [];
    for (let next = this.#next(); next; next = this.#next()) messages.push(next);
    return messages;
  }

  #next(): Buffer | undefined {
    const bytes = this.#bytes;
    const short = (bytes[1] ?? 0) & 127;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < header) return undefined;
    const length =
      header === 2
        ? short
        : header === 4
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < header + length) return undefined;
    this.#bytes = bytes.subarray(header + length);
    return bytes.subarray(header, header + length);
  }
}
