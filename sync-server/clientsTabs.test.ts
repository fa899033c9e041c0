/** Several tabs of one browser against the real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import { type Clients, kindOf, offline, openClients, saved, textOf } from "./testing/clients.ts";
import { until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 20_000 });

let clients: Clients;
beforeEach(async () => {
  clients = await openClients();
});
afterEach(() => clients.close());

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
