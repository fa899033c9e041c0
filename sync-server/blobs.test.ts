/** Blobs over HTTP: who gets what, how much a workspace may keep, and what becomes of what nothing names. */
import { request } from "node:http";
import { readFile, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { digestBytes } from "../lib/base/digest.ts";
import type { Digest } from "../lib/base/ids.ts";
import { type Place, deliverEntries, signIn } from "../lib/platform/node/client.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import { parseSettings } from "./settings.ts";
import { startFakeS3 } from "./testing/fakeS3.ts";
import { type TestOptions, type TestServer, startTestServer, until } from "./testing/testServer.ts";
import { parseS3Place } from "./stores/s3Place.ts";

vi.setConfig({ testTimeout: 20_000 });

const DAY = 24 * 3600_000;
const CHUNK = 4 * 1024 * 1024;

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Member {
  readonly place: Place;
  readonly signer: Signer;
  readonly authorization: string;
  blob(method: string, digest: string, body?: Uint8Array, headers?: object): Promise<Response>;
  put(bytes: Uint8Array): Promise<{ readonly digest: Digest; readonly status: number }>;
  has(digest: Digest): Promise<boolean>;
  described(): Promise<{ used: number; limit?: number; wanted: string[] }>;
}

async function newMember(on: TestServer): Promise<Member & { viewer: Member }> {
  const founded = await on.found();
  const viewer = await founded.member("viewer");
  await deliverEntries(founded, founded.log);
  const as = async (who: Signer): Promise<Member> => {
    const { token } = await signIn(founded, who);
    const authorization = `Bearer ${token}`;
    const base = `${on.origin}/w/${founded.workspace}/blobs`;
    const member: Member = {
      place: founded,
      signer: who,
      authorization,
      blob: (method, digest, body, headers) =>
        fetch(`${base}/${digest}`, {
          method,
          headers: { authorization, ...headers },
          ...(body ? { body: new Blob([Uint8Array.from(body)]) } : {}),
        }),
      async put(bytes) {
        const digest = digestBytes(bytes);
        return { digest, status: (await member.blob("PUT", digest, bytes)).status };
      },
      has: async (digest) => (await member.blob("HEAD", digest)).ok,
      described: async () =>
        (await (await fetch(base, { headers: { authorization } })).json()) as never,
    };
    return member;
  };
  return { ...(await as(founded.owner)), viewer: await as(viewer) };
}

const start = async (options: TestOptions = {}): Promise<TestServer> =>
  (server = await startTestServer(options));
const some = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

describe("blobs over HTTP", () => {
  it("come back whole or in ranges, as bytes that nothing runs", async () => {
    const mira = await newMember(await start());
    const bytes = some(1000);
    const { digest, status } = await mira.put(bytes);
    expect(status).toBe(204);
    expect((await mira.put(bytes)).status).toBe(204);
    const whole = await mira.viewer.blob("GET", digest);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
    });
    const range = async (of: string): Promise<unknown[]> => {
      const answer = await mira.blob("GET", digest, undefined, { range: of });
      const got = new Uint8Array(await answer.arrayBuffer());
      return [answer.status, answer.headers.get("content-range"), got];
    };
    expect(await range("bytes=10-19")).toEqual([206, "bytes 10-19/1000", bytes.subarray(10, 20)]);
    expect(await range("bytes=-5")).toEqual([206, "bytes 995-999/1000", bytes.subarray(995)]);
    expect((await range("bytes=1000-"))[0]).toBe(416);
    const { digest: empty } = await mira.put(new Uint8Array());
    expect((await (await mira.blob("GET", empty)).arrayBuffer()).byteLength).toBe(0);
  });

  it("say nothing of what another workspace has", async () => {
    const [mira, jun] = [await newMember(await start()), await newMember(server!)];
    const bytes = some(100);
    const { digest } = await mira.put(bytes);
    const unknown = digestBytes(some(1));
    const answer = async (asked: string): Promise<unknown[]> => {
      const head = await jun.blob("HEAD", asked);
      const get = await jun.blob("GET", asked);
      const text = (await get.text()).replace(asked, "…");
      return [head.status, [...head.headers.keys()], get.status, text];
    };
    expect(await answer(digest)).toEqual(await answer(unknown));
    expect((await jun.put(bytes)).status).toBe(204);
    expect((await jun.described()).used).toBe(100);
  });

  it("are refused to a viewer who writes, where they are other bytes or too big", async () => {
    const mira = await newMember(await start());
    expect((await mira.viewer.put(some(10))).status).toBe(403);
    expect((await mira.blob("PUT", digestBytes(some(1)), some(10))).status).toBe(422);
    expect((await mira.put(some(CHUNK + 1))).status).toBe(413);
    expect((await mira.described()).used).toBe(0);
  });

  it("are not there, not even in part, when they were cut off at any byte", async () => {
    const mira = await newMember(await start());
    const { workspace } = mira.place;
    const bytes = some(300_000);
    const digest = digestBytes(bytes);
    const { authorization } = mira;
    for (const sent of [0, 1, 65_536, 299_999]) {
      const cut = request(`${server!.origin}/w/${workspace}/blobs/${digest}`, {
        method: "PUT",
        headers: { authorization, "content-length": bytes.length },
      });
      cut.on("error", () => undefined);
      cut.write(bytes.subarray(0, sent));
      const incoming = join(server!.folder, "blobs", "incoming");
      if (sent > 1) await until(async () => (await readdir(incoming)).length > 0);
      cut.destroy();
      await until(async () => (await readdir(incoming)).length === 0);
      expect(await mira.has(digest)).toBe(false);
    }
    expect((await mira.put(bytes)).status).toBe(204);
    expect(await mira.has(digest)).toBe(true);
  });
});

describe("the quota of a workspace", () => {
  it("is counted over what is there, each blob once, over a restart too", async () => {
    const mira = await newMember(await start({ settings: { quota: 1000 } }));
    const bytes = some(600);
    await mira.put(bytes);
    await mira.put(bytes);
    expect(await mira.described()).toMatchObject({ used: 600, limit: 1000 });
    await server!.restart();
    expect((await mira.described()).used).toBe(600);
    const refused = await mira.blob("PUT", digestBytes(some(401)), some(401));
    expect(refused.status).toBe(507);
    expect(await refused.json()).toEqual({ error: "quota-exceeded", used: 600, limit: 1000 });
    expect((await mira.put(some(400))).status).toBe(204);
    expect((await (await newMember(server!)).described()).used).toBe(0);
  });

  it("is not passed by many at once, and holds nothing for what came to nothing", async () => {
    const mira = await newMember(await start({ settings: { quota: 1000 } }));
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await mira.put(some(300))).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(3);
    for (let i = 0; i < 5; i++) await mira.blob("PUT", digestBytes(some(1)), some(90));
    expect((await mira.put(some(100))).status).toBe(204);
    expect((await mira.described()).used).toBe(1000);
  });

  it("may be left out", async () => {
    const mira = await newMember(await start({ settings: { quota: Infinity } }));
    expect(await mira.described()).toEqual({ used: 0, wanted: [] });
  });
});

describe("the server", () => {
  it("remembers what was asked for in vain, until somebody gives it", async () => {
    const mira = await newMember(await start());
    const bytes = some(50);
    const digest = digestBytes(bytes);
    await mira.viewer.blob("GET", digest);
    expect((await mira.described()).wanted).toEqual([digest]);
    await mira.put(bytes);
    expect((await mira.described()).wanted).toEqual([]);
  });

  const collecting = { collectAfterMs: 20, collectEveryMs: 20 };
  const setAge = async (member: Member, digest: Digest, days: number): Promise<void> => {
    const path = join(server!.folder, "blobs", member.place.workspace, digest.slice(0, 2), digest);
    const seconds = (Date.now() - days * DAY) / 1000;
    await utimes(path, seconds, seconds);
  };
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${server!.origin}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.split(" ").at(-1) ?? 0);
  };

  it("collects by itself what nothing names, counts it, and has room again", async () => {
    const mira = await newMember(await start({ limits: collecting, settings: { quota: 1000 } }));
    const [named, dangling] = [await mira.put(some(400)), await mira.put(some(500))];
    const room = await server!.enter(mira.place, mira.signer, "index");
    await room.synced;
    room.doc.getMap("datasets").set("d", { blob: named.digest });
    for (const { digest } of [named, dangling]) await setAge(mira, digest, 30);
    await until(async () => (await metric("ensemble_collected_blobs_total")) === 1);
    expect(await metric("ensemble_collected_bytes_total")).toBe(500);
    expect(JSON.stringify(server!.logged)).toContain('"blobs":1,"bytes":500');
    expect(await mira.has(named.digest)).toBe(true);
    expect(await mira.has(dangling.digest)).toBe(false);
    expect((await mira.put(some(600))).status).toBe(204);
  });

  it("collects nothing that it has told somebody is there", async () => {
    const mira = await newMember(await start({ limits: collecting }));
    const { digest } = await mira.put(some(10));
    for (let i = 0; i < 5; i++) {
      await setAge(mira, digest, 30);
      const [told] = await Promise.all([mira.has(digest), new Promise(setImmediate)]);
      if (!told) break; // it was quicker, and nobody was told anything
      const before = await metric('ensemble_blob_collections_total{outcome="done"}');
      await until(
        async () => (await metric('ensemble_blob_collections_total{outcome="done"}')) > before + 1,
      );
      expect(await mira.has(digest)).toBe(true);
    }
  });
});

describe("the place of blobs", () => {
  it("may be a bucket, with the same answers, and nothing of them in the data folder", async () => {
    const s3 = await startFakeS3();
    try {
      const mira = await newMember(
        await start({ settings: { s3: parseS3Place(s3.place), quota: 1000 } }),
      );
      const bytes = some(600);
      const { digest } = await mira.put(bytes);
      await server!.restart();
      const range = await mira.blob("GET", digest, undefined, { range: "bytes=5-9" });
      expect(new Uint8Array(await range.arrayBuffer())).toEqual(bytes.subarray(5, 10));
      expect((await mira.put(some(500))).status).toBe(507);
      expect((await mira.described()).used).toBe(600);
      expect(await readdir(join(server!.folder, "blobs"))).toEqual([]);
      await server!.close();
      server = undefined;
    } finally {
      await s3.close();
    }
  });

  it("that cannot be used is said in a sentence, and the server does not start", async () => {
    const s3 = await startFakeS3();
    await s3.close();
    await expect(startTestServer({ settings: { s3: parseS3Place(s3.place) } })).rejects.toThrow(
      /^The bucket ensemble cannot be used .*AWS_ACCESS_KEY_ID/,
    );
  });

  it("in S3 costs only those who ask for it: its client is loaded with it", async () => {
    const files = (await readdir(import.meta.dirname, { recursive: true })).filter(
      (file) => /\.ts$/.test(file) && !/(test|contract)\.ts$/.test(file),
    );
    for (const file of files) {
      const text = await readFile(join(import.meta.dirname, file), "utf8");
      if (!file.endsWith("s3Blobs.ts")) expect(text, file).not.toContain("@aws-sdk");
      expect(text, file).not.toMatch(/from "[^"]*s3Blobs\.ts"/);
    }
  });
});

describe("the settings of blobs", () => {
  const settingsOf = (args: string[], env = {}): unknown => {
    const parsed = parseSettings(args, env);
    return parsed.kind === "settings" ? parsed.settings : parsed;
  };

  it("are read from flags and variables", () => {
    expect(settingsOf([])).toMatchObject({ quota: 10e9, s3: undefined });
    expect(settingsOf(["--quota", "1.5GB"])).toMatchObject({ quota: 1.5e9 });
    expect(settingsOf([], { ENSEMBLE_QUOTA: "20 mb" })).toMatchObject({ quota: 20e6 });
    expect(settingsOf(["--quota", "none"])).toMatchObject({ quota: Infinity });
    expect(settingsOf(["--s3", "s3://b"], { AWS_REGION: "eu-1" })).toMatchObject({
      s3: { bucket: "b", region: "eu-1" },
    });
    expect(settingsOf([], { ENSEMBLE_S3: "s3://b/p" })).toMatchObject({ s3: { prefix: "p/" } });
  });

  it("that make no sense are said, and never a secret that was put into them", () => {
    expect(settingsOf(["--quota", "lots"])).toMatchObject({
      kind: "wrong",
      sentence: expect.stringContaining('"lots" is not') as unknown,
    });
    const wrong = parseSettings(["--s3", "s3://key:secret@b"], {});
    expect(JSON.stringify(wrong)).toMatch(/The place of blobs/);
    expect(JSON.stringify(wrong)).not.toContain("secret@");
  });
});
