/** Joining, reading only and being shown out: the browser's client against the real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { putNotebookEntry } from "../lib/document/indexDoc.ts";
import {
  type Clients,
  NOTEBOOK,
  code,
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
