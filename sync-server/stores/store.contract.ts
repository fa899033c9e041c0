/** What every store has to do. An implementation's test calls this with how to open one. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { foldLog } from "./foldLog.ts";
import { type AuditFact, verifyAudit } from "../../lib/governance/audit.ts";
import type { Store } from "./store.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** `open` is called again after close, and has to find what was kept. */
export function describeStore(
  name: string,
  prepare: () => Promise<{ open: () => Promise<Store>; clean: () => Promise<void> }>,
): void {
  describe(name, () => {
    let open: () => Promise<Store>;
    let clean: () => Promise<void>;
    let store: Store;
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await open();
    };

    beforeEach(async () => {
      ({ open, clean } = await prepare());
      store = await open();
    });
    afterEach(async () => {
      await store.close().catch(() => undefined);
      await clean();
    });

    it("has nothing of a room that nobody wrote to", async () => {
      expect(await store.load("w/a")).toMatchObject({ updates: [], deleted: false });
      expect((await store.load("w/a")).snapshot).toBeUndefined();
      expect(await store.compact("w/a")).toBe(0);
    });

    it("keeps updates in their order, for each room apart, over a restart", async () => {
      const resolved: number[] = [];
      await Promise.all(
        [1, 2, 3, 4, 5].map((i) =>
          store.append(i % 2 ? "w/odd" : "w/even", bytes(i)).then(() => resolved.push(i)),
        ),
      );
      expect(resolved).toEqual([1, 2, 3, 4, 5]);
      await reopen();
      const firsts = async (room: string): Promise<unknown> =>
        (await store.load(room)).updates.map((update) => update[0]);
      expect(await firsts("w/odd")).toEqual([1, 3, 5]);
      expect(await firsts("w/even")).toEqual([2, 4]);
    });

    it("numbers a room's updates 1, 2, 3 …, over folds, restarts and whatever else is written", async () => {
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      const numbers = async (count: number): Promise<number[]> => {
        const asked = Array.from({ length: count }, () => store.append("w/a", update));
        const others = [store.append("w/b", update), store.append("w/c", update)];
        await Promise.all(others);
        return Promise.all(asked);
      };
      expect(await numbers(3)).toEqual([1, 2, 3]);
      expect(await numbers(2)).toEqual([4, 5]);
      await reopen();
      expect(await numbers(1)).toEqual([6]);
      await store.compact("w/a");
      expect(await numbers(1)).toEqual([7]);
      await store.compact("w/a");
      await reopen();
      expect((await store.load("w/a")).upTo).toBe(7);
      expect(await numbers(2)).toEqual([8, 9]);
      expect((await store.load("w/a")).upTo).toBe(9);
    });

    it("tells what came after a number, with the snapshot where the updates do not reach back", async () => {
      const doc = new Y.Doc();
      const updates: Uint8Array[] = [];
      doc.on("update", (update: Uint8Array) => void updates.push(update));
      for (let i = 0; i < 6; i++) doc.getText("t").insert(i, "abcdef"[i] ?? "");
      for (const update of updates.slice(0, 4)) await store.append("w/a", update);
      const since = async (seq: number): Promise<unknown> => {
        const { snapshot, updates: found, upTo } = await store.load("w/a", seq);
        return [snapshot !== undefined, found.length, upTo];
      };
      expect(await since(0)).toEqual([false, 4, 4]);
      expect(await since(3)).toEqual([false, 1, 4]);
      await store.compact("w/a");
      for (const update of updates.slice(4)) await store.append("w/a", update);
      expect(await since(0)).toEqual([true, 2, 6]);
      expect(await since(3)).toEqual([true, 2, 6]);
      expect(await since(4)).toEqual([false, 2, 6]);
      expect(await since(5)).toEqual([false, 1, 6]);
      expect(await since(6)).toEqual([false, 0, 6]);
      expect((await store.load("w/a", 5)).updates[0]).toEqual(Buffer.from(updates[5]!));
    });

    it("folds a log into one snapshot that says the same, with what is appended meanwhile after it", async () => {
      const doc = new Y.Doc();
      let appended: Promise<unknown> = Promise.resolve();
      doc.on("update", (update: Uint8Array) => void (appended = store.append("w/a", update)));
      for (let i = 0; i < 50; i++) doc.getText("t").insert(0, `${i} `);
      await appended;
      const folding = store.compact("w/a");
      doc.getText("t").insert(0, "meanwhile ");
      const size = await folding;
      await appended;
      const log = await store.load("w/a");
      expect(log.snapshot?.length).toBe(size);
      expect(log.updates.length).toBe(1);
      expect(textOf(await store.load("w/a"))).toBe(doc.getText("t").toJSON());
      expect(await store.compact("w/a")).toBeGreaterThan(0);
      expect((await store.load("w/a")).updates).toEqual([]);
    });

    it("leaves a log alone that another node has just folded", async () => {
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      for (let i = 0; i < 3; i++) await store.append("w/a", update);
      expect(await store.compact("w/a", 4)).toBe(3 * update.length);
      expect((await store.load("w/a")).updates).toHaveLength(3);
      await store.compact("w/a", 3);
      expect((await store.load("w/a")).updates).toEqual([]);
    });

    it("keeps the log as it is where it cannot be folded", async () => {
      await store.append("w/a", bytes(1, 2, 3));
      await expect(store.compact("w/a")).rejects.toThrow();
      expect((await store.load("w/a")).updates).toHaveLength(1);
    });

    it("forgets a deleted room for good, whatever comes later", async () => {
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      await store.append("w/a", update);
      const folding = store.compact("w/a");
      await store.deleteRoom("w/a");
      await folding;
      await expect(store.append("w/a", update)).rejects.toThrow("the room was deleted");
      expect(await store.append("w/b", update)).toBe(1);
      await store.compact("w/a");
      await store.deleteRoom("w/never");
      await reopen();
      expect((await store.load("w/never")).deleted).toBe(true);
      await expect(store.append("w/a", update)).rejects.toThrow("the room was deleted");
      expect(await store.load("w/a")).toMatchObject({ updates: [], deleted: true });
      expect((await store.load("w/a")).snapshot).toBeUndefined();
      expect((await store.load("w/b")).deleted).toBe(false);
    });

    it("keeps membership entries in their order, for each workspace apart", async () => {
      await Promise.all([
        store.appendEntries("w", ["1", "2"], 0),
        store.appendEntries("v", ["x"], 0),
        store.appendEntries("w", ["3"], 2),
      ]);
      await reopen();
      expect(await store.entries("w")).toEqual(["1", "2", "3"]);
      expect(await store.entries("v")).toEqual(["x"]);
      expect(await store.entries("u")).toEqual([]);
    });

    it("keeps entries only of who knew the whole log, and none of anybody else's", async () => {
      const asked = ["a", "b", "c", "d"].map((by) =>
        store.appendEntries("w", [`${by}1`, `${by}2`], 0),
      );
      expect((await Promise.all(asked)).filter((kept) => kept)).toHaveLength(1);
      expect(await store.entries("w")).toHaveLength(2);
      expect(await store.appendEntries("w", ["early"], 3)).toBe(false);
      expect(await store.appendEntries("w", ["late"], 1)).toBe(false);
      expect(await store.appendEntries("w", ["right"], 2)).toBe(true);
      expect((await store.entries("w")).slice(2)).toEqual(["right"]);
    });

    it("chains the audit log, each fact once, with the entries that it speaks of or not at all", async () => {
      const facts = (...ids: string[]): AuditFact[] =>
        ids.map((id) => ({
          kind: "join",
          id,
          member: "m",
          name: "Mira",
          device: "d",
          signedInAs: "",
          facts: { n: 1, "quoted 'words'": "ä\n" },
        }));
      const told = async (workspace: string, after = 0, limit = 100): Promise<string[]> =>
        (await store.audit(workspace, after, limit)).map(({ seq, id }) => `${seq} ${id}`);
      await Promise.all([
        store.appendAudit("w", facts("a", "b")),
        store.appendAudit("v", facts("a")),
        store.appendAudit("w", facts("b", "c", "c")),
      ]);
      expect(await store.appendEntries("w", ["1"], 0, facts("d"))).toBe(true);
      expect(await store.appendEntries("w", ["2"], 0, facts("e"))).toBe(false);
      await reopen();
      await store.appendAudit("w", facts("f"));
      expect(await told("w")).toEqual(["1 a", "2 b", "3 c", "4 d", "5 f"]);
      expect(await told("w", 2, 2)).toEqual(["3 c", "4 d"]);
      expect(await told("v")).toEqual(["1 a"]);
      expect(await told("u")).toEqual([]);
      expect(verifyAudit("w", await store.audit("w", 0, 100))).toMatchObject({ ok: true });
    });

    it("tells at once where rooms and membership logs stand", async () => {
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      for (const room of ["w/a", "w/a", "w/b", "w/gone"]) await store.append(room, update);
      await store.compact("w/b");
      await store.deleteRoom("w/gone");
      await store.appendEntries("w", ["1", "2"], 0);
      expect(await store.standing(["w/b", "w/never", "w/a", "w/gone"], ["v", "w"])).toEqual({
        rooms: [1, 0, 2, "deleted"],
        workspaces: [0, 2],
      });
      expect(await store.standing([], [])).toEqual({ rooms: [], workspaces: [] });
    });

    it("lists the rooms that have content and the workspaces that have members, over a restart", async () => {
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      for (const room of ["w/b", "w/a", "w/a", "w/c", "wx/a", "w-/a", "v/a"])
        await store.append(room, update);
      await store.compact("w/b");
      await store.deleteRoom("w/c");
      await store.deleteRoom("w/never");
      await store.appendEntries("w", ["1", "2"], 0);
      await store.appendEntries("v", ["1"], 0);
      await reopen();
      expect([...(await store.rooms("w"))].sort()).toEqual(["w/a", "w/b"]);
      expect(await store.rooms("u")).toEqual([]);
      expect([...(await store.workspaces())].sort()).toEqual(["v", "w"]);
    });

    it("makes a secret once and gives the same ever after", async () => {
      const first = await store.secret("token", () => bytes(1));
      await reopen();
      expect(await store.secret("token", () => bytes(2))).toEqual(first);
    });

    it("closes after everything that was asked before, and takes nothing afterwards", async () => {
      const asked = [1, 2, 3].map((i) => store.append("w/a", bytes(i)));
      const closed = store.close();
      await Promise.all(asked);
      await closed;
      await expect(store.append("w/a", bytes(4))).rejects.toThrow();
      store = await open();
      expect((await store.load("w/a")).updates).toHaveLength(3);
    });

    it("holds the same document after any mixture of writing, folding and restarting", async () => {
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ at: fc.nat(20), text: fc.string({ maxLength: 4 }) }) },
        { weight: 1, arbitrary: fc.constant("fold" as const) },
        { weight: 1, arbitrary: fc.constant("restart" as const) },
      );
      let room = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const name = `w/${room++}`;
          const doc = new Y.Doc();
          const text = doc.getText("t");
          doc.on("update", (update: Uint8Array) => void store.append(name, update));
          for (const one of steps) {
            // A fold that a restart cuts off changes nothing.
            if (one === "fold") store.compact(name).catch(() => undefined);
            else if (one === "restart") await reopen();
            else if (one.at % 3 === 0 && text.length > 0) text.delete(one.at % text.length, 1);
            else text.insert(Math.min(one.at, text.length), one.text);
          }
          await reopen();
          expect(textOf(await store.load(name))).toBe(text.toJSON());
        }),
        { numRuns: 20 },
      );
    });
  });
}

function textOf(log: Awaited<ReturnType<Store["load"]>>): string {
  const doc = new Y.Doc();
  Y.applyUpdateV2(doc, foldLog(log));
  return doc.getText("t").toJSON();
}
