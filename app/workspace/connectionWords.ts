/** The status "Connection" in words: one of four on the bar, and what is behind it when asked. */
import { assertNever } from "../../lib/base/assertNever.ts";
import type { Refused } from "../../lib/sync/refusals.ts";
import type { Connection } from "../../lib/workspace/session.ts";
import { refusalWords } from "./refusalWords.ts";
import { fullWords, sizeOfUploads } from "./uploadWords.ts";

export interface ConnectionWords {
  readonly word: "Saved" | "Saving" | "Offline" | "Read only";
  readonly details: readonly string[];
  /** Somebody has to do something. */
  readonly trouble: boolean;
}

export function connectionWords(connection: Connection): ConnectionWords {
  if (connection.kind === "refused") {
    const details = refusalWords({ code: connection.reason, ...limitOf(connection) });
    return { word: "Offline", details, trouble: true };
  }
  const words = plainWords(connection);
  const { notice } = connection;
  if (!notice) return words;
  // A server that starts anew is nothing that somebody has to do something about.
  const alarming = words.trouble || notice.code !== "going-away";
  return { ...words, details: [...refusalWords(notice), ...words.details], trouble: alarming };
}

function plainWords(connection: Exclude<Connection, { kind: "refused" }>): ConnectionWords {
  switch (connection.kind) {
    case "saved":
      return calm("Saved", ["Everything in this workspace is on the server, safely written."]);
    case "saving":
      if (connection.unkept !== undefined)
        return trouble("Saving", [
          `${waiting(connection)} on the way to the server. ${unkept(connection.unkept)}`,
        ]);
      return savingWords(connection);
    case "offline":
      if (connection.unkept !== undefined)
        return trouble("Offline", [
          `The server cannot be reached. ${unkept(connection.unkept)}`,
          "Leave this tab open. When there is space, or the server is back, it goes on by itself.",
        ]);
      return calm("Offline", [
        connection.pending === 0
          ? "The server cannot be reached. Everything goes on, and is kept on this device."
          : `The server cannot be reached. ${waiting(connection)} kept on this device.`,
        "When the server is back, all of it is sent by itself.",
      ]);
    case "read-only":
      return calm("Read only", [
        "You are a viewer here. What you change and run stays in this tab. An owner can make you an editor.",
      ]);
    default:
      return assertNever(connection);
  }
}

function calm(word: ConnectionWords["word"], details: readonly string[]): ConnectionWords {
  return { word, details, trouble: false };
}

function trouble(word: ConnectionWords["word"], details: readonly string[]): ConnectionWords {
  return { word, details, trouble: true };
}

/** What this browser's storage does not take. */
function unkept(changes: number): string {
  return `${changes === 1 ? "1 change is" : `${changes} changes are`} in this tab alone: this browser's storage is full.`;
}

type Waiting = Pick<Extract<Connection, { kind: "saving" }>, "pending" | "uploads">;

function savingWords(connection: Waiting): ConnectionWords {
  const { pending, uploads } = connection;
  const changes = pending - (uploads?.chunks ?? 0);
  const details: string[] = [];
  if (!uploads?.full)
    details.push(
      `${waiting(connection)} on the way to the server. All of it is kept on this device already.`,
    );
  else {
    // Nothing moves of the blobs: what else is on its way is said alone.
    if (changes > 0) details.push(`${waiting({ pending: changes })} on the way to the server.`);
    details.push(...fullWords(uploads, uploads.full.limit));
  }
  if (uploads?.damaged !== undefined)
    details.push(
      "Part of a dataset, model or output was damaged on this device before it could be sent. Import it again, or run again what made it.",
    );
  return { word: "Saving", details, trouble: Boolean(uploads?.full ?? uploads?.damaged) };
}

/** "3 changes are", "3 changes and 120 of 512 MB are". */
function waiting({ pending, uploads }: Waiting): string {
  const changes = pending - (uploads?.chunks ?? 0);
  const parts = [
    ...(changes > 0 ? [changes === 1 ? "1 change" : `${changes} changes`] : []),
    ...(uploads ? [sizeOfUploads(uploads)] : []),
  ];
  if (parts.length === 0) return "Changes are";
  return `${parts.join(" and ")} ${changes === 1 && !uploads ? "is" : "are"}`;
}

function limitOf({ limit }: { readonly limit?: number | undefined }): Pick<Refused, "limit"> {
  return limit === undefined ? {} : { limit };
}
