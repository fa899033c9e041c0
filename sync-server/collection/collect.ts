/**
 * Deletes the blobs of a workspace that nothing names and nobody asked for in the time of grace. What is named is
 * what stands in the documents at one moment, and in the versions that they name; what is named gets a new time
 * now and then, so that grace begins when the last name goes, for whoever takes that back.
 */
import type { Digest, WorkspaceId } from "../../lib/base/ids.ts";
import type { BlobManifest } from "../../lib/document/blobManifest.ts";
import type { BlobStore } from "../stores/blobs.ts";
import type { Store } from "../stores/store.ts";
import type { Marking, OpenMarking } from "./marking.ts";
import type { Marks } from "./marks.ts";

export interface CollectParts {
  readonly store: Pick<Store, "rooms" | "load">;
  readonly blobs: Pick<BlobStore, "list" | "read" | "refresh" | "discard">;
  readonly marking: OpenMarking;
  readonly graceMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** States that documents name and that have not come, and since when that is known. */
  readonly awaited: Map<Digest, number>;
}

export type Collected =
  | {
      readonly kind: "done";
      readonly blobs: number;
      readonly bytes: number;
      /** What manifests list and is not here. */
      readonly missing: readonly Digest[];
    }
  /** Nothing was deleted: what a version names is not known, or documents changed faster than they are read. */
  | { readonly kind: "put-off"; readonly reason: "version-missing" | "too-busy" };

/** More cannot be the state of a document, bytes. */
const MOST_STATE = 64 * 1024 * 1024;
const MOST_PASSES = 6;

/** Rejects, and has deleted nothing, where anything of the workspace cannot be read. */
export async function collectWorkspace(
  parts: CollectParts,
  workspace: WorkspaceId,
): Promise<Collected> {
  const { blobs, graceMs, signal } = parts;
  const began = parts.now();
  const stored = new Map<Digest, { readonly size: number; readonly time: number }>();
  for await (const { digest, ...facts } of blobs.list(workspace)) stored.set(digest, facts);
  const aged = [...stored].filter(([, { time }]) => time < began - graceMs / 2);
  if (aged.length === 0) return { kind: "done", blobs: 0, bytes: 0, missing: [] };

  const marking = parts.marking([...stored.keys()]);
  const sum = new Sum();
  try {
    if (!(await markRooms(parts, workspace, marking, sum)))
      return { kind: "put-off", reason: "too-busy" };
    if (!(await markStates(parts, workspace, marking, sum, stored)))
      return { kind: "put-off", reason: "version-missing" };
  } finally {
    await marking.end();
  }

  let [count, bytes] = [0, 0];
  for (const [digest, { size, time }] of aged) {
    signal.throwIfAborted();
    if (sum.named.has(digest)) await blobs.refresh(workspace, digest);
    else if (time < began - graceMs && (await blobs.discard(workspace, digest, began - graceMs))) {
      count += 1;
      bytes += size;
    }
  }
  return { kind: "done", blobs: count, bytes, missing: [...sum.missing] };
}

class Sum {
  readonly named = new Set<Digest>();
  readonly missing = new Set<Digest>();
  readonly states: BlobManifest[] = [];

  add(marks: Marks): void {
    for (const digest of marks.named) this.named.add(digest);
    for (const digest of marks.missing) this.missing.add(digest);
    this.states.push(...marks.states);
  }
}

/**
 * Reads all rooms, and then again what was added meanwhile, deleted or not: so everything is seen that stood
 * anywhere when the last pass began, however it was moved from room to room. A room that was folded between two
 * passes cannot tell what it held in between; then there is one more. False where there were too many.
 */
async function markRooms(
  { store, signal }: CollectParts,
  workspace: WorkspaceId,
  marking: Marking,
  sum: Sum,
): Promise<boolean> {
  const read = new Map<string, number>();
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let whole = pass > 0;
    for (const room of await store.rooms(workspace)) {
      signal.throwIfAborted();
      const since = read.get(room);
      const { upTo, ...added } = await store.load(room, since ?? 0);
      read.set(room, upTo);
      const folded = since === undefined || added.snapshot !== undefined;
      if (folded) whole = false;
      else if (added.updates.length === 0) continue;
      const { snapshot, updates } = folded ? added : await store.load(room);
      const fresh = folded ? [] : added.updates;
      sum.add(await marking.run({ kind: "room", snapshot, updates, fresh }));
    }
    if (whole) return true;
  }
  return false;
}

/** False where a state is not here: what it names is not known, and it may be on its way. */
async function markStates(
  { blobs, signal, awaited, graceMs, now }: CollectParts,
  workspace: WorkspaceId,
  marking: Marking,
  sum: Sum,
  stored: ReadonlyMap<Digest, unknown>,
): Promise<boolean> {
  const seen = new Set<Digest>();
  let complete = true;
  for (let state = sum.states.pop(); state; state = sum.states.pop()) {
    signal.throwIfAborted();
    if (seen.has(state.sha256) || state.size > MOST_STATE) continue;
    seen.add(state.sha256);
    if (state.chunks.every((chunk) => stored.has(chunk))) {
      awaited.delete(state.sha256);
      const parts: Buffer[] = [];
      for (const chunk of state.chunks)
        for await (const part of await blobs.read(workspace, chunk)) parts.push(part as Buffer);
      sum.add(await marking.run({ kind: "state", state: Buffer.concat(parts) }));
      continue;
    }
    // Not for ever: a full workspace, to which it cannot be sent, would stay full.
    const since = awaited.get(state.sha256) ?? now();
    awaited.set(state.sha256, since);
    if (now() - since < graceMs) complete = false;
  }
  return complete;
}
