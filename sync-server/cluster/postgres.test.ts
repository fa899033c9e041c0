import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldLog } from "../stores/foldLog.ts";
import { openPostgresStore } from "../stores/postgres.ts";
import { describeStore } from "../stores/store.contract.ts";
import type { Store } from "../stores/store.ts";
import { isStoreAway } from "../stores/storeAway.ts";
import { type Service, startPostgres } from "../testing/services.ts";
import { until } from "../testing/testServer.ts";

let postgres: Service;
let databases = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

const ask = async (sql: string, url = postgres.url): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};
const makeDatabase = async (): Promise<string> => {
  const name = `test${databases++}`;
  await ask(`CREATE DATABASE ${name}`);
  return postgres.url.replace(/\/postgres$/, `/${name}`);
};
const open = (url: string): Promise<Store> =>
  openPostgresStore(url, {
    run: (log) => Promise.resolve(foldLog(log)),
    end: () => Promise.resolve(),
  });

describeStore("the PostgreSQL store", async () => {
  const url = await makeDatabase();
  return {
    open: () => open(url),
    clean: async () => void (await ask(`DROP DATABASE ${url.split("/").at(-1)} WITH (FORCE)`)),
  };
});

describe("two nodes over one PostgreSQL", () => {
  it("may start at once over an empty database, and share one secret", async () => {
    const url = await makeDatabase();
    const nodes = await Promise.all([1, 2, 3, 4].map(() => open(url)));
    const secrets = await Promise.all(
      nodes.map((node, i) => node.secret("token", () => Uint8Array.of(i))),
    );
    expect(new Set(secrets.map(([first]) => first)).size).toBe(1);
    for (const node of nodes) await node.close();
  });

  it("number a room's updates without gaps, whoever appends, many rooms at a time", async () => {
    const url = await makeDatabase();
    const nodes = await Promise.all([open(url), open(url), open(url)]);
    const rooms = Array.from({ length: 12 }, (_, i) => `w/${i}`);
    const seqs = new Map<string, number[]>(rooms.map((room) => [room, []]));
    const appends = [];
    for (let i = 0; i < 60; i++)
      for (const [n, node] of nodes.entries())
        for (let r = 0; r < rooms.length; r++) {
          const room = rooms[(n % 2 ? rooms.length - 1 - r : r) % rooms.length]!;
          const update = Uint8Array.of(n, i);
          appends.push(node.append(room, update).then((seq) => seqs.get(room)!.push(seq)));
        }
    await Promise.all(appends);
    for (const room of rooms) {
      const found = seqs.get(room)!.sort((a, b) => a - b);
      expect(found).toEqual(Array.from({ length: 180 }, (_, i) => i + 1));
      const { updates, upTo } = await nodes[0].load(room);
      expect([updates.length, upTo]).toEqual([180, 180]);
    }
    for (const node of nodes) await node.close();
  });

  it("waits for the disk of the database at each commit, whatever the database is set to", async () => {
    const url = await makeDatabase();
    const name = url.split("/").at(-1);
    await ask(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    const store = await open(url);
    await ask(
      `CREATE TABLE seen (setting text);
       CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
       CREATE TRIGGER see AFTER INSERT ON ensemble.updates EXECUTE FUNCTION see()`,
      url,
    );
    await store.append("w/a", Uint8Array.of(1));
    expect(await ask("SELECT * FROM seen", url)).toEqual([{ setting: "on" }]);
    await store.close();
  });
});

describe("a PostgreSQL that is not as it should be", () => {
  it("is refused with a sentence that says nothing of the password", async () => {
    const [host] = postgres.url.split("@").slice(1);
    await expect(open(`postgres://ensemble:secret@${host}no`)).rejects.toThrow(
      "The PostgreSQL database cannot be used: there is no database of this name.",
    );
    await expect(open("postgres://me:secret@127.0.0.1:1/x")).rejects.toThrow(
      "The PostgreSQL database cannot be used: nothing answers at its address.",
    );
    const url = await makeDatabase();
    await (await open(url)).close();
    await ask("UPDATE ensemble.about SET version = 99", url);
    await expect(open(url)).rejects.toThrow("a newer Ensemble made its tables; start that one.");
  });

  it("refuses what is not committed when it is killed, keeps what is, and is found again", async () => {
    const store = await open(await makeDatabase());
    let [acknowledged, going] = [0, true];
    const refusals: unknown[] = [];
    const writing = (async () => {
      for (let i = 0; going; i++)
        await store.append("w/a", Uint8Array.of(i % 256)).then(
          (seq) => (acknowledged = Math.max(acknowledged, seq)),
          async (error: unknown) => {
            refusals.push(error);
            await new Promise((resolve) => setTimeout(resolve, 20));
          },
        );
    })();
    await until(() => acknowledged > 50);
    await postgres.kill();
    await until(() => refusals.length > 0);
    expect(await store.healthy()).toBe(false);
    await expect(store.load("w/a")).rejects.toSatisfy(isStoreAway);
    const before = acknowledged;
    await postgres.start();
    await until(() => acknowledged > before + 50);
    going = false;
    await writing;
    expect(refusals.every(isStoreAway)).toBe(true);
    expect(await store.healthy()).toBe(true);
    const { updates, upTo } = await store.load("w/a");
    expect(updates.length).toBe(upTo);
    expect(upTo).toBeGreaterThanOrEqual(acknowledged);
    await store.close();
  });
});
