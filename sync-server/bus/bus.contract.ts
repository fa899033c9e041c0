/** What every bus has to do. An implementation's test calls this with how to connect another node. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { until } from "../testing/testServer.ts";
import type { Bus, Committed, RoomLine } from "./bus.ts";

interface Heard {
  readonly line: RoomLine;
  /** Numbers in the order in which they came, and what else was said. */
  readonly seqs: number[];
  readonly updates: Map<number, Uint8Array>;
  readonly said: string[];
  stands: number;
}

const one = (seq: number, ...bytes: number[]): Committed => ({
  seq,
  update: Uint8Array.from(bytes.length > 0 ? bytes : [seq % 256]),
});

export function describeBus(
  name: string,
  prepare: () => Promise<{ connect: () => Promise<Bus>; clean: () => Promise<void> }>,
): void {
  describe(name, () => {
    let connect: () => Promise<Bus>;
    let clean: () => Promise<void>;
    let [here, there]: [Bus, Bus] = [] as unknown as [Bus, Bus];
    beforeEach(async () => {
      ({ connect, clean } = await prepare());
      [here, there] = [await connect(), await connect()];
    });
    afterEach(async () => {
      await Promise.all([here.close(), there.close()]);
      await clean();
    });

    const enter = async (bus: Bus, room: string): Promise<Heard> => {
      const heard: Omit<Heard, "line"> = { seqs: [], updates: new Map(), said: [], stands: 0 };
      const line = await bus.join(room, {
        committed(all) {
          for (const { seq, update } of all) {
            heard.seqs.push(seq);
            heard.updates.set(seq, update);
          }
        },
        standsAt: (seq) => (heard.stands = Math.max(heard.stands, seq)),
        presence: (member, update) => void heard.said.push(`${member} ${update.join()}`),
        asked: () => void heard.said.push("asked"),
        deleted: () => void heard.said.push("deleted"),
      });
      return Object.assign(heard, { line });
    };

    it("carries what is committed to the room's other nodes, in order, and to nobody else", async () => {
      const [a, b, other] = [
        await enter(here, "w/a"),
        await enter(there, "w/a"),
        await enter(there, "w/b"),
      ];
      const seqs = Array.from({ length: 1000 }, (_, i) => i + 1);
      for (const seq of seqs) a.line.commit(one(seq, seq % 256, 7, 0, 255));
      await until(() => b.stands === 1000);
      expect(b.seqs).toEqual(seqs);
      expect(b.updates.get(300)).toEqual(Uint8Array.of(300 % 256, 7, 0, 255));
      expect([a.seqs, other.seqs, a.stands]).toEqual([[], [], 0]);
    });

    it("carries it both ways at the same time", async () => {
      const [a, b] = [await enter(here, "w/a"), await enter(there, "w/a")];
      for (let seq = 1; seq <= 200; seq++) (seq % 3 ? a : b).line.commit(one(seq));
      await until(() => a.seqs.length + b.seqs.length === 200);
      expect(a.seqs.every((seq) => seq % 3 === 0)).toBe(true);
      expect(b.seqs.every((seq) => seq % 3 !== 0)).toBe(true);
    });

    it("misses nothing that is committed once a room was joined, and says where it stands", async () => {
      const a = await enter(here, "w/a");
      let seq = 0;
      let going = true;
      const writing = (async () => {
        while (going) {
          a.line.commit(one(++seq));
          await new Promise(setImmediate);
        }
      })();
      await until(() => seq > 20);
      const b = await enter(there, "w/a");
      const from = seq + 1;
      await until(() => seq > from + 50);
      going = false;
      await writing;
      await until(() => b.stands === seq);
      const expected = Array.from({ length: seq - from + 1 }, (_, i) => from + i);
      expect(b.seqs.filter((one) => one >= from)).toEqual(expected);
    });

    it("says of something large at least that it is there", async () => {
      const [a, b] = [await enter(here, "w/a"), await enter(there, "w/a")];
      a.line.commit({ seq: 1, update: new Uint8Array(8 * 1024 * 1024) });
      await until(() => b.stands === 1);
    });

    it("carries presence, questions and deletions to the others", async () => {
      const [a, b] = [await enter(here, "w/a"), await enter(there, "w/a")];
      a.line.presence("mira", Uint8Array.of(1, 2, 255));
      await until(() => b.said.length === 1);
      b.line.ask();
      await until(() => a.said.length === 1);
      here.tellDeleted("w/a");
      await until(() => b.said.length === 2);
      expect(b.said).toEqual(["mira 1,2,255", "deleted"]);
      expect(a.said).toEqual(["asked"]);
    });

    it("is silent to who has left, also when they come again", async () => {
      const [a, b] = [await enter(here, "w/a"), await enter(there, "w/a")];
      b.line.leave();
      a.line.commit(one(1));
      const again = await enter(there, "w/a");
      b.line.leave();
      a.line.commit(one(2));
      await until(() => again.stands === 2);
      expect(b.seqs).toEqual([]);
    });

    it("tells the other nodes whose membership changed", async () => {
      const heard: string[] = [];
      const workspace = "b".repeat(26) as WorkspaceId;
      here.onMembership((one) => void heard.push(`here ${one}`));
      there.onMembership((one) => void heard.push(`there ${one}`));
      here.tellMembership(workspace);
      await until(() => heard.length > 0);
      expect(heard).toEqual([`there ${workspace}`]);
    });

    it("lets one of all claim a thing, until the time is over", async () => {
      const asked = [here, there, here, there].map((bus) => bus.claim("nonce", 60_000));
      expect((await Promise.all(asked)).filter((mine) => mine)).toHaveLength(1);
      expect(await there.claim("another", 60_000)).toBe(true);
      expect(await here.claim("brief", 20)).toBe(true);
      await until(() => there.claim("brief", 20));
    });
  });
}
