/**
 * The store as the server sees it. When none is under way, a commit starts as soon as everything that has arrived is
 * read, and what arrives meanwhile forms the next one. No timer: waiting costs every keystroke, and a busy log
 * batches by itself.
 */
import type { AuditRecord } from "../../lib/governance/audit.ts";
import type { Write, Written } from "./sqlite.ts";
import type { Standing, Store, StoredRoom } from "./store.ts";
import type { StoreAnswer, StoreRequest } from "./storeRequests.ts";
import type { Fold } from "./threadedFold.ts";

/** The way to the file, and back. */
export interface StorePort {
  post(request: StoreRequest): void;
  onAnswer(listener: (answer: StoreAnswer) => void): void;
  end(): Promise<void>;
}

/** A request before it has a number. */
type Asked = StoreRequest extends infer R
  ? R extends StoreRequest
    ? Omit<R, "id">
    : never
  : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function batchingStore(port: StorePort, fold: Fold): Store {
  const waiting = new Map<number, Waiting>();
  const compacting = new Map<string, Promise<number>>();
  let nextId = 1;
  let queue: { readonly write: Write; readonly waiting: Waiting }[] = [];
  let committing = false;
  let broken: Error | undefined;
  let committed: (writes: number) => void = () => undefined;

  port.onAnswer((answer) => {
    if (answer.kind === "open") return;
    if (answer.kind === "failed") {
      broken = new Error(answer.message);
      for (const one of waiting.values()) one.reject(broken);
      waiting.clear();
      return;
    }
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.kind === "done") one?.resolve(answer.value);
    else one?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
  });

  const ask = (request: Asked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (broken) {
        reject(broken);
        return;
      }
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      port.post({ ...request, id });
    });

  const commit = (): void => {
    if (committing || queue.length === 0) return;
    committing = true;
    setImmediate(commitNow);
  };

  const commitNow = (): void => {
    const batch = queue;
    queue = [];
    ask({ kind: "write", batch: batch.map(({ write }) => write) })
      .then(
        (written) => {
          batch.forEach((one, i) => one.waiting.resolve((written as Written[])[i]));
          committed(batch.length);
        },
        (error: unknown) => batch.forEach((one) => one.waiting.reject(error as Error)),
      )
      .finally(() => {
        committing = false;
        commit();
      });
  };

  const write = (one: Write): Promise<unknown> =>
    new Promise<unknown>((resolve, reject) => {
      queue.push({ write: one, waiting: { resolve, reject } });
      commit();
    });

  const load = (room: string, since = 0): Promise<StoredRoom> =>
    ask({ kind: "load", room, since }) as Promise<StoredRoom>;

  const compact = async (room: string, least: number): Promise<number> => {
    const log = await load(room);
    if (log.updates.length < least)
      return log.updates.reduce((size, one) => size + one.length, log.snapshot?.length ?? 0);
    const snapshot = await fold({ snapshot: log.snapshot, updates: log.updates });
    await write({ kind: "fold", room, snapshot, upTo: log.upTo });
    return snapshot.length;
  };

  return {
    load,
    async append(room, update) {
      const seq = (await write({ kind: "append", room, update })) as number;
      if (seq === 0)
        throw Object.assign(new Error("the room was deleted"), { code: "room-deleted" });
      return seq;
    },
    compact(room, least = 1) {
      const running = compacting.get(room);
      if (running) return running;
      const started = compact(room, least).finally(() => compacting.delete(room));
      compacting.set(room, started);
      return started;
    },
    deleteRoom: async (room) => void (await write({ kind: "delete", room })),
    entries: (workspace) => ask({ kind: "entries", workspace }) as Promise<readonly string[]>,
    appendEntries: (workspace, entries, known, facts = []) =>
      write({
        kind: "entries",
        workspace,
        entries,
        known,
        audit: { facts, at: Date.now() },
      }) as Promise<boolean>,
    appendAudit: async (workspace, facts) =>
      void (await write({ kind: "audit", workspace, facts, at: Date.now() })),
    audit: (workspace, after, limit) =>
      ask({ kind: "audit", workspace, after, limit }) as Promise<readonly AuditRecord[]>,
    standing: (rooms, workspaces) =>
      ask({ kind: "standing", rooms, workspaces }) as Promise<Standing>,
    rooms: (workspace) => ask({ kind: "rooms", workspace }) as Promise<readonly string[]>,
    workspaces: () => ask({ kind: "workspaces" }) as Promise<readonly string[]>,
    async secret(name, make) {
      const known = (await ask({ kind: "secret", name })) as Uint8Array | undefined;
      if (known) return known;
      await write({ kind: "secret", name, value: make() });
      return (await ask({ kind: "secret", name })) as Uint8Array;
    },
    healthy: () =>
      write({ kind: "probe" }).then(
        () => true,
        () => false,
      ),
    onCommit: (listener) => void (committed = listener),
    async close() {
      // Whatever was asked before is answered before: requests are answered in order, and so is the queue.
      if (committing || queue.length > 0)
        await write({ kind: "audit", workspace: "", facts: [], at: 0 });
      const closed = ask({ kind: "close" });
      broken = new Error("the store is closed");
      await closed;
      await port.end();
    },
  };
}
