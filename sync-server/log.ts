/** The server's log: JSON lines on stderr, warnings and errors only, without content and without tokens. */
import pino, { type Logger } from "pino";

export type Log = Pick<Logger, "warn" | "error" | "fatal">;

export function openLog(): Log {
  return pino({ level: "warn", base: null }, pino.destination({ fd: 2, sync: true }));
}
