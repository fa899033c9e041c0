/** Joining, reading only, blobs and tabs: the browser's client against the real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digestBytes } from "../lib/base/digest.ts";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import { putNotebookEntry } from "../lib/document/indexDoc.ts";
import {
  type Clients,
  NOTEBOOK,
  follow,
  kindOf,
  offline,
  openClients,
  saved,
  textOf,
} from "./testing/clients.ts";
import { until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 20_000 });

let clients: Clients;
beforeEach(async () => {
  clients = await openClients();
});
afterEach(() => clients.close());

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: { failure?: { code: string } }) => error.failure?.code ?? error,
  );

describe("an invite", () => {
  it("used up, expired, cut short, unknown, or out of reach: each says so", async () => {
    const { session } = await clients.found();
    const now = Date.now();
    const used = await session.invite({ role: "editor", uses: 1, expiresAt: now + 60_000 });
    const late = await session.invite({ role: "editor", uses: 1, expiresAt: now - 1 });
    await saved(session);
    const tab = async (): ReturnType<ReturnType<Clients["browser"]>["tab"]> =>
      clients.browser().tab();
    const jun = await tab();
    await follow(jun, used);
    expect(await code(follow(await tab(), used))).toBe("invite-used-up");
    expect(await code(follow(await tab(), late))).toBe("invite-expired");
    expect(await code(follow(await tab(), late.slice(0, -3)))).toBe("invite-malformed");
    const elsewhere = (await clients.found()).id;
    const stray = used.replace(session.id, elsewhere);
    await until(async () => (await code(follow(await tab(), stray))) === "invite-unknown");
    const nowhere = used.replace(session.id, "a".repeat(26));
    expect(await code(follow(await tab(), nowhere))).toBe("workspace-unknown");
    await clients.server.stop();
    expect(await code(follow(await tab(), late))).toBe("server-unreachable");
    await clients.server.start();
  });

  it("changes nothing for somebody who is a member", async () => {
    const { session, tab } = await clients.found();
    const link = await session.invite({
      role: "viewer",
      uses: 1,
      expiresAt: Date.now() + 60_000,
    });
    await saved(session);
    await follow(tab, link);
    expect(session.me.current.role).toBe("owner");
    await follow(await clients.browser().tab(), link);
  });

  it("cannot be made by an editor", async () => {
    const { session } = await clients.found();
    const jun = await clients.join(session);
    expect(
      await code(jun.session.invite({ role: "owner", uses: 1, expiresAt: Date.now() + 1000 })),
    ).toBe("not-allowed");
  });

  it("to a workspace that this browser does not have is not opened", async () => {
    const tab = await clients.browser().tab();
    expect(await code(tab.open("a".repeat(26) as WorkspaceId))).toBe("workspace-unknown");
  });
});

describe("a viewer", () => {
  it("reads along, and what they type stays in their tab", async () => {
    const { session: mira } = await clients.found();
    const jun = await clients.join(mira, "viewer");
    const [a, b] = [await textOf(mira), await textOf(jun.session)];
    a.insert(0, "shared");
    await until(() => b.toJSON() === "shared");
    expect(kindOf(jun.session)).toBe("read-only");
    b.insert(0, "private ");
    a.insert(6, " more");
    await until(() => b.toJSON() === "private shared more");
    await saved(mira);
    expect(a.toJSON()).toBe("shared more");
    const again = await (await jun.browser.reload()).open(mira.id);
    await until(async () => (await textOf(again)).toJSON() === "shared more");
  });

  it("made one while offline changes wait keeps them as a draft, and reads what is shared", async () => {
    const { session: mira } = await clients.found();
    const jun = await clients.join(mira);
    const text = await textOf(jun.session);
    text.insert(0, "shared");
    await saved(jun.session);
    await jun.browser.close();
    await clients.server.stop();
    const away = await (await jun.browser.tab()).open(mira.id);
    (await textOf(away)).insert(0, "mine ");
    await until(() => {
      const { current } = away.connection;
      return current.kind === "offline" && current.pending === 1;
    });
    await jun.browser.close();
    await clients.server.start();
    await saved(mira);
    await mira.setRole(jun.session.me.current.id, "viewer");
    await saved(mira);
    const back = await (await jun.browser.tab()).open(mira.id);
    await until(() => kindOf(back) === "read-only");
    await until(async () => (await textOf(back)).toJSON() === "shared");
    await until(async () => (await textOf(mira)).toJSON() === "shared");
    const drafts = await jun.browser.drafts(mira.id);
    expect(drafts).toMatchObject([{ room: `${mira.id}/${NOTEBOOK}`, reason: "read-only" }]);
  });

  it("who becomes an editor can write from then on", async () => {
    const { session: mira } = await clients.found();
    const jun = await clients.join(mira, "viewer");
    const [a, b] = [await textOf(mira), await textOf(jun.session)];
    await mira.setRole(jun.session.me.current.id, "editor");
    await until(() => jun.session.me.current.role === "editor");
    b.insert(0, "now");
    await until(() => a.toJSON() === "now");
    await saved(jun.session);
  });
});

it("who comes back sees at once who is there, and is seen", async () => {
  const { session: mira } = await clients.found();
  const jun = await clients.join(mira);
  const [a, b] = [await mira.open(NOTEBOOK), await jun.session.open(NOTEBOOK)];
  a.awareness.setLocalState({ member: mira.me.current.id });
  b.awareness.setLocalState({ member: jun.session.me.current.id });
  const both = (): boolean => [a, b].every(({ awareness }) => awareness.getStates().size === 2);
  await until(both);
  // A change of role is met on a new connection.
  let gone = false;
  b.awareness.on("change", () => (gone ||= b.awareness.getStates().size === 1));
  await mira.setRole(jun.session.me.current.id, "viewer");
  await until(() => gone);
  await until(both);
});

it("a member who is shown out is told, and keeps what they have", async () => {
  const { session: mira } = await clients.found();
  const jun = await clients.join(mira);
  const text = await textOf(jun.session);
  text.insert(0, "here");
  await saved(jun.session);
  await mira.remove(jun.session.me.current.id);
  await until(() => kindOf(jun.session) === "refused");
  expect(jun.session.connection.current).toEqual({ kind: "refused", reason: "not-a-member" });
  expect(text.toJSON()).toBe("here");
});

describe("a blob", () => {
  const bytes = (length: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

  it("put offline is there at once, and fetched by others when the server is back", async () => {
    const { session: mira } = await clients.found();
    const jun = await clients.join(mira);
    await clients.server.stop();
    await offline(mira);
    const small = await mira.blobs.put(bytes(1000), "text/csv");
    const big = await mira.blobs.put(bytes(5 * 1024 * 1024), "image/x");
    expect(big.chunks).toHaveLength(2);
    expect(digestBytes(await mira.blobs.get(big.sha256))).toBe(big.sha256);
    expect(await code(jun.session.blobs.get(small.sha256))).toBe("blob-missing");
    expect(mira.connection.current).toEqual({ kind: "offline", pending: 3 });
    await clients.server.start();
    await saved(mira, jun.session);
    const fractions: number[] = [];
    expect(await jun.session.blobs.get(small.sha256)).toEqual(bytes(1000));
    const got = await jun.session.blobs.get(big, (fraction) => fractions.push(fraction));
    expect(digestBytes(got)).toBe(big.sha256);
    expect(fractions.at(-1)).toBe(1);
    await clients.server.stop();
    expect((await jun.session.blobs.get(big.sha256)).length).toBe(big.size);
    await clients.server.start();
  });

  it("that a manifest gets wrong is refused", async () => {
    const { session } = await clients.found();
    const a = await session.blobs.put(bytes(10), "x");
    const b = await session.blobs.put(bytes(20), "x");
    const lie = { ...a, sha256: "0".repeat(64) as typeof a.sha256, chunks: b.chunks };
    expect(await code(session.blobs.get(lie))).toBe("blob-missing");
    const jun = await clients.join(session);
    const big = await session.blobs.put(bytes(5 * 1024 * 1024), "x");
    await saved(session);
    const turned = { ...big, chunks: big.chunks.toReversed() };
    expect(await code(jun.session.blobs.get(turned))).toBe("blob-missing");
    expect((await jun.session.blobs.get(big)).length).toBe(big.size);
  });

  it("that is given up on half way goes nowhere", async () => {
    const { session } = await clients.found();
    await saved(session);
    await clients.server.stop();
    await offline(session);
    const abort = new AbortController();
    const told: number[] = [];
    const put = session.blobs.put(bytes(9 * 1024 * 1024), "x", {
      signal: abort.signal,
      progress(fraction) {
        told.push(fraction);
        abort.abort();
      },
    });
    await expect(put).rejects.toThrow();
    expect(told).toEqual([1 / 3]);
    await session.blobs.put(bytes(10), "x");
    expect(session.connection.current).toEqual({ kind: "offline", pending: 1 });
    await clients.server.start();
  });
});

describe("two tabs of one browser", () => {
  it("share what is typed offline, and neither forgets the other's", async () => {
    const { browser, session, id } = await clients.found();
    await saved(session);
    const second = await (await browser.tab()).open(id);
    await saved(second);
    await clients.server.stop();
    await Promise.all([offline(session), offline(second)]);
    const [a, b] = [await textOf(session), await textOf(second)];
    a.insert(0, "one ");
    await until(() => b.toJSON() === "one ");
    b.insert(4, "two ");
    await until(() => a.toJSON() === "one two ");
    const again = await (await browser.reload()).open(id);
    expect((await textOf(again)).toJSON()).toBe("one two ");
    await clients.server.start();
    await saved(again);
    const jun = await clients.join(again);
    const theirs = await textOf(jun.session);
    await until(() => theirs.toJSON() === "one two ");
  });

  it("one of which closed at once: the other sends what it left", async () => {
    const { browser, session, id } = await clients.found();
    await saved(session);
    await clients.server.stop();
    await offline(session);
    const brief = await browser.tab();
    const second = await brief.open(id);
    (await textOf(second)).insert(0, "left behind");
    await until(() => {
      const { current } = second.connection;
      return current.kind === "offline" && current.pending > 0;
    });
    await brief.close();
    await clients.server.start();
    await until(() => kindOf(session) === "saved");
    const jun = await clients.join(session);
    const theirs = await textOf(jun.session);
    await until(() => theirs.toJSON() === "left behind");
  });

  it("of which one opens a workspace just as what it left is sent: it stays open", async () => {
    const { browser, session, id } = await clients.found();
    await saved(session);
    await clients.server.stop();
    await offline(session);
    (await textOf(session)).insert(0, "left");
    await until(() => JSON.stringify(session.connection.current).includes('"pending":1'));
    await browser.close();
    await clients.server.start();
    const tab = await browser.tab();
    let opening: Promise<WorkspaceSession> | undefined;
    const counting = vi.spyOn(IDBIndex.prototype, "count");
    counting.mockImplementation(function (this: IDBIndex, query) {
      opening = tab.open(id); // while it is being counted what was left
      counting.mockRestore();
      return this.count(query);
    });
    await until(() => opening !== undefined);
    const again = await opening!;
    await until(() => kindOf(again) === "saved");
    const jun = await clients.join(again);
    (await textOf(again)).insert(4, " and more");
    const theirs = await textOf(jun.session);
    await until(() => theirs.toJSON() === "left and more");
  });

  it("list the same workspaces", async () => {
    const { browser } = await clients.found();
    const second = await browser.tab();
    await second.create("Another");
    const first = await browser.tab();
    await until(() => first.list.current.length === 2);
    expect(first.list.current[0]?.title).toBe("Another");
  });
});

it("a room that was deleted elsewhere is refused, and what was not sent is kept as a draft", async () => {
  const { session, browser, id } = await clients.found();
  const text = await textOf(session);
  text.insert(0, "x");
  await saved(session);
  const jun = await clients.join(session, "owner");
  await clients.server.stop();
  await offline(session);
  text.insert(0, "unsent ");
  await until(() => {
    const { current } = session.connection;
    return current.kind === "offline" && current.pending === 1;
  });
  await browser.close();
  await clients.server.start();
  await saved(jun.session);
  await clients.deleteRoom(jun.session, NOTEBOOK);
  const again = await (await browser.tab()).open(id);
  await textOf(again);
  await until(() => kindOf(again) === "refused");
  expect(again.connection.current).toEqual({ kind: "refused", reason: "room-deleted" });
  await until(async () => (await browser.drafts(id)).length === 1);
});

it("a server that lost everything gets everything again", async () => {
  const { session, id } = await clients.found();
  (await textOf(session)).insert(0, "kept here");
  const index = await session.open("index");
  putNotebookEntry(index.doc, {
    id: NOTEBOOK.slice("notebook/".length) as never,
    title: "First",
    createdAt: 1,
    createdBy: session.me.current.id,
  });
  const blob = await session.blobs.put(new Uint8Array([1, 2, 3]), "x");
  await saved(session);
  await clients.server.wipe();
  await offline(session);
  await clients.server.start();
  await saved(session);
  const jun = await clients.join(session);
  expect(jun.session.id).toBe(id);
  const theirs = await textOf(jun.session);
  await until(() => theirs.toJSON() === "kept here");
  expect(await jun.session.blobs.get(blob.sha256)).toEqual(new Uint8Array([1, 2, 3]));
});
