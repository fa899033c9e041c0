import { assertNever } from "../../../lib/base/assertNever.ts";
import type { Connection } from "../../../lib/workspace/session.ts";

/** What the key for saving answers. */
export function savedWords(connection: Connection, editable: boolean): string {
  if (!editable) return "There is nothing to save: you are a viewer here.";
  switch (connection.kind) {
    case "saved":
      return "Everything is saved already, here and on the server.";
    case "saving":
    case "offline":
      return "Everything is saved on this device, and goes to the server by itself.";
    case "read-only":
    case "refused":
      return "What you do is kept on this device. It does not go to the server: see “Connection”.";
    default:
      return assertNever(connection);
  }
}
