/** The status "Connection" in words: one of four on the bar, and what is behind it when asked. */
import { assertNever } from "../../lib/base/assertNever.ts";
import type { Connection } from "../../lib/workspace/session.ts";

export interface ConnectionWords {
  readonly word: "Saved" | "Saving" | "Offline" | "Read only";
  readonly details: readonly string[];
  /** Somebody has to do something. */
  readonly trouble: boolean;
}

export function connectionWords(connection: Connection): ConnectionWords {
  switch (connection.kind) {
    case "saved":
      return calm("Saved", ["Everything in this workspace is on the server, safely written."]);
    case "saving":
      return calm("Saving", [
        `${changes(connection.pending)} on the way to the server. They are kept on this device already.`,
      ]);
    case "offline":
      return calm("Offline", [
        connection.pending === 0
          ? "The server cannot be reached. Everything goes on, and is kept on this device."
          : `The server cannot be reached. ${changes(connection.pending)} kept on this device.`,
        "When the server is back, all of it is sent by itself.",
      ]);
    case "read-only":
      return calm("Read only", [
        "You are a viewer here. What you change and run stays in this tab. An owner can make you an editor.",
      ]);
    case "refused":
      return { word: "Offline", details: refusalWords(connection.reason), trouble: true };
    default:
      return assertNever(connection);
  }
}

function calm(word: ConnectionWords["word"], details: readonly string[]): ConnectionWords {
  return { word, details, trouble: false };
}

function changes(pending: number): string {
  if (pending <= 0) return "Changes are";
  return pending === 1 ? "1 change is" : `${pending} changes are`;
}

function refusalWords(reason: string): readonly string[] {
  const kept = "What you did since is kept on this device.";
  switch (reason) {
    case "not-a-member":
      return [
        `An owner has taken you out of this workspace, or this browser was never let in. ${kept}`,
        "Ask an owner for a new invite link.",
      ];
    case "workspace-unknown":
    case "register-token-needed":
      return [
        `The server takes new workspaces only from those who know its token. ${kept}`,
        "Ask whoever runs the server.",
      ];
    case "storage-failed":
      return [
        "This browser no longer keeps what you do: its storage is full, or was taken away. What was shown as saved is safe.",
        "Free some disk space and load the page again. Until then, copy what you must not lose.",
      ];
    case "room-deleted":
      return [
        `Something that you have open was deleted by somebody else. ${kept}`,
        "Copy from it what you need; the rest of the workspace is not affected.",
      ];
    case "room-too-big":
      return [
        `Something that you have open has grown over what the server takes. ${kept}`,
        "Take out what is big: data belongs into datasets.",
      ];
    default:
      return [`The server refuses this workspace (${reason}). ${kept}`, "Ask whoever runs it."];
  }
}
