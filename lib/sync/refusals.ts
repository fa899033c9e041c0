/**
 * Why a server turns something away: every code that it can send, as the reason of a socket's close or in the
 * JSON of an answer. The app has words for each. Knows nothing of who refuses what.
 */
export const REFUSALS = [
  // Limits.
  "frame-too-big",
  "room-too-big",
  "presence-too-big",
  "too-big",
  "too-slow",
  "too-many-sockets",
  "too-many-rooms",
  "too-many",
  "too-many-workspaces",
  "too-many-reports",
  "log-full",
  "quota-exceeded",
  "disk-full",
  "quota-exceeded",
  // Who one is, and what one may do.
  "bad-token",
  "bad-signature",
  "not-a-member",
  "not-signed-in",
  "read-only",
  "not-an-owner",
  "register-token-needed",
  // What is not there, or not any more.
  "workspace-unknown",
  "room-unknown",
  "room-deleted",
  "blob-missing",
  // What a client that works never sends.
  "malformed",
  "method",
  "no-entries",
  "no-key",
  "not-json",
  "not-a-digest",
  "digest-differs",
  // The server's own state.
  "try-later",
  "going-away",
  "server-failed",
] as const;

export type RefusalCode = (typeof REFUSALS)[number];

/** A refusal as a client heard it. `code` is whatever it was told: the server may be newer. */
export interface Refused {
  readonly code: string;
  /** The number that was gone over, in what the code counts: bytes, sockets, requests a minute. */
  readonly limit?: number;
}

/** The reason of a socket's close, which has room for 123 bytes: "room-too-big 33554432". */
export function closeReason(code: RefusalCode, limit?: number): string {
  return limit === undefined ? code : `${code} ${limit}`;
}

/** What a close's reason says; its code is "" where the close has none. */
export function parseCloseReason(reason: string): Refused {
  const [code = "", number = ""] = reason.split(" ");
  return /^\d{1,15}$/.test(number) ? { code, limit: Number(number) } : { code };
}
