/** The browser's client against the real server: what is shown as saved is saved, and nothing is lost offline. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { putNotebookEntry, workspaceTitle } from "../lib/document/indexDoc.ts";
import {
  type Clients,
  NOTEBOOK,
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

describe("a workspace made offline", () => {
  it("is there at once, and registered when its server appears", async () => {
    await clients.server.stop();
    const { browser, tab, id, session } = await clients.found();
    await offline(session);
    expect(tab.list.current).toMatchObject([{ id, title: "Penguins", onServer: false }]);
    expect(session.me.current).toMatchObject({ name: "Mira", role: "owner" });
    const again = await (await browser.reload()).open(id);
    await clients.server.start();
    await saved(again);
    const index = await again.open("index");
    expect(workspaceTitle(index.doc)).toBe("Penguins");
  });

  it("says how many changes wait", async () => {
    await clients.server.stop();
    const { session } = await clients.found();
    const text = await textOf(session);
    text.insert(0, "a");
    text.insert(1, "b");
    await until(() => {
      const { current } = session.connection;
      // Two letters, the title, the founding, and what this device is called.
      return current.kind === "offline" && current.pending === 5;
    });
  });
});

describe("two people", () => {
  it("see what the other types, and who is there", async () => {
    const { session: mira } = await clients.found();
    const { session: jun } = await clients.join(mira);
    const [a, b] = [await textOf(mira), await textOf(jun)];
    a.insert(0, "hello");
    await until(() => b.toJSON() === "hello");
    await until(() => mira.members.current.length === 2);
    const [room, other] = [await mira.open("index"), await jun.open("index")];
    other.awareness.setLocalState({ member: jun.me.current.id, name: "Jun" });
    await until(() => room.awareness.getStates().size === 1);
  });

  it("both edit offline, reload, and have everything exactly once when the server is back", async () => {
    const mira = await clients.found();
    const jun = await clients.join(mira.session);
    await saved(mira.session, jun.session);
    await clients.server.stop();
    await Promise.all([offline(mira.session), offline(jun.session)]);
    const [a, b] = [await textOf(mira.session), await textOf(jun.session)];
    for (let i = 0; i < 200; i++) {
      a.insert(0, `a${i} `);
      b.insert(0, `b${i} `);
    }
    await until(() => mira.session.connection.current.kind === "offline");
    const again = {
      mira: await (await mira.browser.reload()).open(mira.id),
      jun: await (await jun.browser.reload()).open(mira.id),
    };
    const [left, right] = [await textOf(again.mira), await textOf(again.jun)];
    expect(left.toJSON().match(/a\d+ /g)).toHaveLength(200);
    await clients.server.start();
    await until(() => left.toJSON() === right.toJSON() && left.toJSON().includes("b0 "));
    await saved(again.mira, again.jun);
    const words = left.toJSON().trim().split(" ");
    expect(words).toHaveLength(400);
    expect(new Set(words).size).toBe(400);
  });
});

describe("what is shown as saved", () => {
  it("is never claimed before the server has it on its disk", async () => {
    const { session } = await clients.found();
    await saved(session);
    const text = await textOf(session);
    await saved(session);
    text.insert(0, "x");
    expect(kindOf(session)).toBe("saving");
    await saved(session);
    await clients.server.restart();
    const { session: other } = await clients.join(session);
    const theirs = await textOf(other);
    await until(() => theirs.toJSON() === "x");
  });

  it("covers rooms that nobody has open", async () => {
    const mira = await clients.found();
    await saved(mira.session);
    await clients.server.stop();
    await offline(mira.session);
    const room = await mira.session.open(NOTEBOOK);
    room.doc.getText("t").insert(0, "offline");
    const index = await mira.session.open("index");
    putNotebookEntry(index.doc, {
      id: NOTEBOOK.slice("notebook/".length) as never,
      title: "First",
      createdAt: 1,
      createdBy: mira.session.me.current.id,
    });
    await until(() => mira.session.connection.current.kind === "offline");
    const again = await (await mira.browser.reload()).open(mira.id);
    await clients.server.start();
    await saved(again);
    const jun = await clients.join(again);
    const text = await textOf(jun.session);
    await until(() => text.toJSON() === "offline");
  });
});

it("sends what a workspace still has to send, from a page where it is not open", async () => {
  await clients.server.stop();
  const { browser, session } = await clients.found();
  await offline(session);
  const tab = await browser.reload();
  await clients.server.start();
  await until(() => tab.list.current[0]?.onServer === true, "the workspace is registered");
});

it("is closed only once every workspace is that is being closed in it: each uses the storage until then", async () => {
  const { tab, session } = await clients.found();
  let isClosed = false;
  void session.close().then(() => (isClosed = true));
  await tab.close();
  expect(isClosed).toBe(true);
});

it("fetches notebooks ahead, so that one never opened here is there offline", async () => {
  const mira = await clients.found();
  const text = await textOf(mira.session);
  text.insert(0, "lesson");
  const index = await mira.session.open("index");
  putNotebookEntry(index.doc, {
    id: NOTEBOOK.slice("notebook/".length) as never,
    title: "First",
    createdAt: 1,
    createdBy: mira.session.me.current.id,
  });
  const jun = await clients.join(mira.session);
  await saved(jun.session);
  await until(() => jun.tab.list.current[0]?.notebooks === 1);
  const stored = async (): Promise<boolean> => {
    await clients.server.stop();
    const session = await (await jun.browser.reload()).open(mira.id);
    const found = (await textOf(session)).toJSON();
    await clients.server.start();
    await saved(session);
    return found === "lesson";
  };
  await until(stored, "the notebook is on this device");
});
