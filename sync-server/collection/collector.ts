/** Collects, in every workspace, the blobs that nothing names: now and then, by itself, one after another. */
import type { Digest, WorkspaceId } from "../../lib/base/ids.ts";
import { isWorkspaceId } from "../../lib/document/rooms.ts";
import type { Blobs } from "../blobs.ts";
import { type Log, tagOf } from "../log.ts";
import type { Meter } from "../meter.ts";
import type { Quota } from "../quota.ts";
import type { BlobStore } from "../stores/blobs.ts";
import type { Store } from "../stores/store.ts";
import { type Collected, collectWorkspace } from "./collect.ts";
import type { OpenMarking } from "./marking.ts";

export interface CollectorParts {
  readonly store: Pick<Store, "rooms" | "load" | "workspaces">;
  readonly blobStore: BlobStore;
  readonly blobs: Pick<Blobs, "want">;
  readonly quota: Pick<Quota, "freed">;
  readonly marking: OpenMarking;
  /** Of all servers that share the store, one may do what is named for so many milliseconds. */
  readonly claim: (name: string, ms: number) => Promise<boolean>;
  readonly log: Pick<Log, "info" | "warn">;
  readonly meter: Pick<Meter, "collected">;
  readonly graceMs: number;
  /** Milliseconds. */
  readonly afterMs: number;
  readonly everyMs: number;
}

export interface Collector {
  /** Stops what is going on, and begins no more. */
  close(): Promise<void>;
}

export function startCollector(parts: CollectorParts): Collector {
  const abort = new AbortController();
  const awaited = new Map<Digest, number>();
  let running = Promise.resolve();
  let timer: NodeJS.Timeout;

  const collect = async (workspace: WorkspaceId): Promise<void> => {
    if (!(await parts.claim(`collect/${workspace}`, parts.everyMs / 2))) return;
    let outcome: Collected;
    try {
      outcome = await collectWorkspace(
        { ...parts, blobs: parts.blobStore, now: Date.now, signal: abort.signal, awaited },
        workspace,
      );
    } catch (error) {
      if (abort.signal.aborted) return;
      parts.meter.collected("failed", 0, 0);
      parts.log.warn(
        { workspace: tagOf(workspace), err: error },
        "blobs that nothing names could not be collected",
      );
      return;
    }
    if (outcome.kind === "put-off") {
      parts.meter.collected("put-off", 0, 0);
      parts.log.warn(
        { workspace: tagOf(workspace), reason: outcome.reason },
        "collecting blobs was put off",
      );
      return;
    }
    const { blobs, bytes, missing } = outcome;
    parts.meter.collected("done", blobs, bytes);
    parts.blobs.want(workspace, missing);
    await parts.quota.freed(workspace, bytes);
    if (blobs > 0)
      parts.log.info(
        { workspace: tagOf(workspace), blobs, bytes },
        "blobs that nothing named are gone",
      );
  };

  const collectAll = async (): Promise<void> => {
    for (const workspace of await parts.store.workspaces())
      if (isWorkspaceId(workspace) && !abort.signal.aborted) await collect(workspace);
  };

  const schedule = (ms: number): void => {
    timer = setTimeout(() => {
      running = collectAll()
        .catch((error: unknown) => {
          if (!abort.signal.aborted) parts.log.warn({ err: error }, "collecting blobs failed");
        })
        .then(() => {
          if (!abort.signal.aborted) schedule(parts.everyMs);
        });
    }, ms).unref();
  };
  schedule(parts.afterMs);

  return {
    async close() {
      abort.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
