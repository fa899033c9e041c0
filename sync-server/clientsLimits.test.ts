/** The browser's client over a limit: it is told why, keeps everything, and goes on by itself when it fits again. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import type { Limits } from "./limits.ts";
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
afterEach(() => clients.close());
const openWith = async (limits: Partial<Limits>): Promise<Clients> =>
  (clients = await openClients({ limits }));

const refusals = async (code: string): Promise<number> => {
  const text = await (await fetch(`${clients.server.origin}/metrics`)).text();
  return Number(
    new RegExp(`^ensemble_refusals_total.*"${code}".* (\\d+)$`, "m").exec(text)?.[1] ?? 0,
  );
};
const noticeOf = (session: WorkspaceSession): unknown => {
  const { current } = session.connection;
  return current.kind === "refused" ? undefined : current.notice;
};

describe("a notebook that has grown over the limit", () => {
  it("says so, is kept here over a reload, and does not try again and again", async () => {
    await openWith({ roomBytes: 20_000 });
    const { browser, id, session } = await clients.found();
    await saved(session);
    (await textOf(session)).insert(0, "x".repeat(30_000));
    await until(() => kindOf(session) === "refused");
    expect(session.connection.current).toEqual({
      kind: "refused",
      reason: "room-too-big",
      limit: 20_000,
    });
    const text = await textOf(session);
    text.insert(30_000, ", and typed after that");
    await until(async () => (await session.open(NOTEBOOK)).synced.current);
    expect(await refusals("room-too-big")).toBe(1);

    const again = await (await browser.reload()).open(id);
    expect((await textOf(again)).toJSON()).toMatch(/xxx, and typed after that$/);
    await until(() => kindOf(again) === "refused");
    expect(await refusals("room-too-big")).toBe(2);
  });

  it("is sent without a reload once it fits, and until then still shows what others do", async () => {
    await openWith({ roomBytes: 20_000 });
    const { session: mira } = await clients.found();
    const { session: jun } = await clients.join(mira);
    const [a, b] = [await textOf(mira), await textOf(jun)];
    b.insert(0, "Jun was here. ");
    await until(() => a.length === b.length);
    a.insert(a.length, "x".repeat(30_000));
    await until(() => kindOf(mira) === "refused");
    b.insert(0, "And again. ");
    await until(() => a.toJSON().startsWith("And again. Jun was here. xxx"));
    expect(kindOf(mira)).toBe("refused");
    a.delete(25, 29_990);
    await saved(mira);
    await until(() => b.toJSON() === `And again. Jun was here. ${"x".repeat(10)}`);
  });

  it("is sent once somebody else has made room", async () => {
    await openWith({ roomBytes: 20_000 });
    const { session: mira } = await clients.found();
    const { session: jun } = await clients.join(mira);
    const [a, b] = [await textOf(mira), await textOf(jun)];
    b.insert(0, "j".repeat(15_000));
    await until(() => a.length === 15_000);
    a.insert(0, "m".repeat(8_000));
    await until(() => kindOf(mira) === "refused");
    b.delete(0, 14_000);
    await saved(mira, jun);
    await until(() => b.toJSON() === "m".repeat(8_000) + "j".repeat(1_000));
  });

  it("is told the same where one message is longer than the server reads", async () => {
    await openWith({ frameBytes: 20_000 });
    const { session } = await clients.found();
    const text = await textOf(session);
    text.insert(0, "x".repeat(30_000));
    await until(() => kindOf(session) === "refused");
    expect(session.connection.current).toMatchObject({ reason: "frame-too-big", limit: 20_000 });
    text.delete(0, 29_000);
    await saved(session);
  });
});

describe("what passes by itself", () => {
  it("is told with the status while it lasts: too many connections", async () => {
    await openWith({ socketsPerAddress: 2 });
    const { session } = await clients.found();
    (await textOf(session)).insert(0, "waits for its turn");
    await until(() => noticeOf(session) !== undefined);
    expect(noticeOf(session)).toEqual({ code: "too-many-sockets", limit: 2 });
    expect(["saved", "saving"]).toContain(kindOf(session));
  });

  it("is told with the status while it lasts: too many requests", async () => {
    await openWith({ requestsPerMinute: 1 });
    const { session } = await clients.found();
    await offline(session);
    await until(() => noticeOf(session) !== undefined);
    expect(noticeOf(session)).toEqual({ code: "too-many", limit: 1 });
  });

  it("is told to who wants to join just then", async () => {
    await openWith({ requestsPerMinute: 30 });
    const { session } = await clients.found();
    const link = await session.invite({ role: "editor", uses: 1, expiresAt: Date.now() + 60_000 });
    await saved(session);
    const { origin } = clients.server;
    await until(async () => {
      const asked = await fetch(`${origin}/w/${session.id}/challenge`, { method: "POST" });
      return asked.status === 429;
    });
    expect(await code(follow(await clients.browser().tab(), link))).toBe("server-busy");
  });

  it("does not cost the room: presence that is too long", async () => {
    await openWith({});
    const { session } = await clients.found();
    const room = await session.open(NOTEBOOK);
    room.awareness.setLocalState({ name: "M".repeat(70_000) });
    await until(() => noticeOf(session) !== undefined);
    expect(noticeOf(session)).toMatchObject({ code: "presence-too-big" });
    room.doc.getText("t").insert(0, "still saved");
    await saved(session);
    expect(await refusals("presence-too-big")).toBe(1);
  });
});
