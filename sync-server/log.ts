/**
 * The server's log: JSON lines on stderr. What happened, how often and how long it took; never content, a token, an
 * address or a name. A workspace is named by a short tag alone: its id is half of what opens it.
 */
import { createHash } from "node:crypto";
import pino, { type Logger } from "pino";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = Pick<Logger, "info" | "warn" | "error" | "fatal">;

export function openLog(level: LogLevel): Log {
  const options = { level, base: null, serializers: { err: errorFacts } };
  return pino(options, pino.destination({ fd: 2, sync: true }));
}

/** The first eight digits of the SHA-256 of the workspace's id: whoever has the data folder can tell which it is. */
export function tagOf(room: string): string {
  const [workspace = ""] = room.split("/");
  return createHash("sha256").update(workspace).digest("hex").slice(0, 8);
}

/**
 * What may be said of an error: its kind, its code, where in the program, and its message without whatever stands in
 * quotes or brackets there, since that is where paths, values and pieces of what was sent are.
 */
export function errorFacts(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as { code?: unknown };
  const message = error.message
    .split("\n", 1)[0]
    ?.replace(/"[^"]*"?|'[^']*'?|`[^`]*`?|\([^)]*\)?|\S*\/\S*/g, "…")
    .slice(0, 200);
  const at = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    kind: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message,
    at: at.slice(0, 8).map((line) => line.trim()),
  };
}
