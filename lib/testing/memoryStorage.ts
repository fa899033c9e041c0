/** Storage that is gone with the test: the same ports, in maps. `damage` does what a torn disk does. */
import * as Y from "yjs";
import type { Digest } from "../base/ids.ts";
import { type BlobStore, type StoredBlob, chunkSizes } from "../storage/blobStore.ts";
import { foldContent, isUpdate } from "../storage/fold.ts";
import { Settable } from "../base/observable.ts";
import type { ChangeId, Damage, Draft, UpdateLog, WriteFailure } from "../storage/updateLog.ts";

export interface MemoryLog extends UpdateLog {
  damage(room: string): void;
}

export function memoryUpdateLog(): MemoryLog {
  const logs = new Map<string, Uint8Array[]>();
  const marks = new Map<ChangeId, string>();
  let drafts: Draft[] = [];
  let damages: Damage[] = [];
  const listeners = new Set<(room: string) => void>();
  let last = 0;
  const add = (room: string, update: Uint8Array): void =>
    void logs.set(room, [...(logs.get(room) ?? []), update]);
  const mark = (room: string): ChangeId => {
    marks.set(++last, room);
    return last;
  };
  const pendingIn = (room: string): ChangeId[] =>
    [...marks].filter(([, marked]) => marked === room).map(([change]) => change);
  const setDamagedAside = (room: string): void => {
    const all = logs.get(room) ?? [];
    const torn = all.filter((update) => !isUpdate(update));
    if (torn.length === 0) return;
    logs.set(room, all.filter(isUpdate));
    for (const bytes of torn)
      damages.push({ id: ++last, room, kind: "change", bytes, at: 0, told: false });
    for (const listener of listeners) listener(room);
  };
  return {
    failure: new Settable<WriteFailure | undefined>(undefined),
    onAside(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    load(room) {
      setDamagedAside(room);
      const updates = logs.get(room) ?? [];
      return Promise.resolve({ snapshot: undefined, updates, pending: pendingIn(room) });
    },
    append(room, update) {
      add(room, update);
      return Promise.resolve(mark(room));
    },
    written: () => Promise.resolve(),
    retry: () => Promise.resolve(),
    drop: () => undefined,
    adopt(room, state) {
      const doc = new Y.Doc();
      Y.applyUpdateV2(doc, state);
      logs.set(room, [Y.encodeStateAsUpdate(doc)]);
      mark(room);
      return Promise.resolve();
    },
    appendAcknowledged: (room, update) => Promise.resolve(add(room, update)),
    acknowledge(changes) {
      for (const change of changes) marks.delete(change);
      return Promise.resolve();
    },
    mark: (room) => Promise.resolve(mark(room)),
    pending(prefix) {
      const rooms = new Set([...marks.values()].filter((room) => room.startsWith(prefix)));
      return Promise.resolve(new Map([...rooms].map((room) => [room, pendingIn(room).length])));
    },
    rooms: (prefix) =>
      Promise.resolve([...logs.keys()].filter((room) => room.startsWith(prefix)).sort()),
    setAside(room, reason) {
      const updates = (logs.get(room) ?? []).filter(isUpdate);
      const state = foldContent({ snapshot: undefined, updates });
      for (const listener of listeners) listener(room);
      drafts.push({ id: ++last, room, reason, state, at: 0 });
      logs.delete(room);
      for (const change of pendingIn(room)) marks.delete(change);
      return Promise.resolve();
    },
    drafts: (prefix) => Promise.resolve(drafts.filter(({ room }) => room.startsWith(prefix))),
    forgetDraft(draft) {
      drafts = drafts.filter(({ id }) => id !== draft);
      return Promise.resolve();
    },
    damages: (prefix) => Promise.resolve(damages.filter(({ room }) => room.startsWith(prefix))),
    damagesTold(prefix) {
      damages = damages.map((one) => (one.room.startsWith(prefix) ? { ...one, told: true } : one));
      return Promise.resolve();
    },
    forgetDamages(prefix) {
      damages = damages.filter(({ room }) => !room.startsWith(prefix));
      return Promise.resolve();
    },
    damage: (room) => add(room, Uint8Array.of(9, 9, 9)),
  };
}

/** `now`: milliseconds since 1970. */
export function memoryBlobStore(now: () => number = () => 0): BlobStore {
  const times = new Map<Digest, number>();
  const chunks = new Map<Digest, Uint8Array<ArrayBuffer>>();
  const manifests = new Map<Digest, StoredBlob>();
  const waiting = new Set<Digest>();
  return {
    putChunk(digest, bytes) {
      chunks.set(digest, bytes.slice());
      times.set(digest, now());
      return Promise.resolve();
    },
    chunk: (digest) => Promise.resolve(chunks.get(digest)),
    putManifest(manifest, waits) {
      manifests.set(manifest.sha256, manifest);
      if (waits) for (const chunk of manifest.chunks) waiting.add(chunk);
      return Promise.resolve();
    },
    manifest: (digest) => Promise.resolve(manifests.get(digest)),
    waiting() {
      const sizes = chunkSizes(manifests.values());
      const all = [...waiting].sort();
      return Promise.resolve(all.map((digest) => ({ digest, size: sizes.get(digest) ?? 0 })));
    },
    uploaded: (chunk) => Promise.resolve(void waiting.delete(chunk)),
    waitAgain(only) {
      for (const digest of chunkSizes(manifests.values()).keys())
        if (chunks.has(digest) && (!only || only.includes(digest))) waiting.add(digest);
      return Promise.resolve();
    },
    collect(before) {
      const kept = chunkSizes(manifests.values());
      const old = [...chunks.keys()].filter(
        (digest) => !kept.has(digest) && (times.get(digest) ?? Infinity) < before,
      );
      for (const digest of old) chunks.delete(digest);
      return Promise.resolve(old.length);
    },
  };
}
