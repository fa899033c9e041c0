/**
 * The other tabs of this browser, which share its database: what one has stored it tells the others.
 * Only the same origin hears it, and what is heard is parsed all the same: an older app may be speaking.
 */
import { asArray, asRecord, asString } from "../../base/json.ts";
import type { ChangeId } from "../../storage/updateLog.ts";

export type TabMessage =
  /** A change is in the log. Rooms go by their whole name. */
  | {
      readonly kind: "change";
      readonly room: string;
      readonly update: Uint8Array;
      readonly change: ChangeId;
    }
  | { readonly kind: "acknowledged"; readonly room: string; readonly changes: readonly ChangeId[] }
  | { readonly kind: "membership"; readonly workspace: string }
  /** Blobs were put, or sent to the server. */
  | { readonly kind: "blobs"; readonly workspace: string }
  /** A workspace is being taken out of this browser. */
  | { readonly kind: "removed"; readonly workspace: string }
  | { readonly kind: "workspaces" };

/** What a BroadcastChannel is, as far as it is needed. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

export interface Tabs {
  post(message: TabMessage): void;
  listen(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

export function openTabs(channel: Channel): Tabs {
  const listeners = new Set<(message: TabMessage) => void>();
  channel.onmessage = ({ data }) => {
    const message = parseTabMessage(data);
    if (message) for (const listener of [...listeners]) listener(message);
  };
  return {
    post: (message) => channel.postMessage(message),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => channel.close(),
  };
}

function parseTabMessage(value: unknown): TabMessage | undefined {
  const record = asRecord(value);
  const room = asString(record?.["room"]);
  switch (record?.["kind"]) {
    case "change": {
      const { update, change } = record;
      if (room === undefined || !(update instanceof Uint8Array)) return undefined;
      return typeof change === "number" ? { kind: "change", room, update, change } : undefined;
    }
    case "acknowledged": {
      const changes = asArray(record["changes"]).filter((one) => typeof one === "number");
      return room === undefined ? undefined : { kind: "acknowledged", room, changes };
    }
    case "membership":
    case "blobs":
    case "removed": {
      const workspace = asString(record["workspace"]);
      return workspace === undefined ? undefined : { kind: record["kind"], workspace };
    }
    case "workspaces":
      return { kind: "workspaces" };
    default:
      return undefined;
  }
}
