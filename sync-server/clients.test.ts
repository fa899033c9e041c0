/** The browser's client against the real server: what is shown as saved is saved, and nothing is lost offline. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { putNotebookEntry, workspaceTitle } from "../lib/document/indexDoc.ts";
import type { RoomKey } from "../lib/document/rooms.ts";
import type { BrowserWorkspaces } from "../lib/platform/browser/workspaces.ts";
import type { Connection, Role, WorkspaceSession } from "../lib/workspace/session.ts";
import { type TestBrowser, testBrowser } from "./testing/testBrowser.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

const NOTEBOOK: RoomKey = "notebook/aaaaaaaaaaaaaaaa" as RoomKey;

vi.setConfig({ testTimeout: 20_000 });

let server: TestServer;
let browsers: TestBrowser[];

beforeEach(async () => {
  server = await startTestServer();
  browsers = [];
});
afterEach(async () => {
  for (const browser of browsers) await browser.close();
  await server.close();
});

function newBrowser(): TestBrowser {
  const browser = testBrowser(server);
  browsers.push(browser);
  return browser;
}

const kindOf = (session: WorkspaceSession): Connection["kind"] => session.connection.current.kind;

const saved = (...sessions: WorkspaceSession[]): Promise<void> =>
  until(() => sessions.every((session) => kindOf(session) === "saved"), "everything is saved");

const offline = (session: WorkspaceSession): Promise<void> =>
  until(() => kindOf(session) === "offline", "it is noticed that the server is gone");

async function textOf(session: WorkspaceSession, room: RoomKey = NOTEBOOK): Promise<Y.Text> {
  return (await session.open(room)).doc.getText("t");
}

async function founded(): Promise<{
  browser: TestBrowser;
  tab: BrowserWorkspaces;
  id: WorkspaceId;
  session: WorkspaceSession;
}> {
  const browser = newBrowser();
  const tab = await browser.tab();
  await tab.setMyName("Mira");
  const id = await tab.create("Penguins");
  return { browser, tab, id, session: await tab.open(id) };
}

/** A path and fragment, as they are opened elsewhere. */
async function follow(tab: BrowserWorkspaces, link: string): Promise<WorkspaceId> {
  const [path = "", fragment = ""] = link.split("#");
  const id = path.split("/")[2] as WorkspaceId;
  await tab.join(id, fragment);
  return id;
}

async function joined(
  from: WorkspaceSession,
  role: Role = "editor",
): Promise<{ browser: TestBrowser; tab: BrowserWorkspaces; session: WorkspaceSession }> {
  const link = await from.invite({ role, uses: 1, expiresAt: Date.now() + 60_000 });
  await saved(from);
  const browser = newBrowser();
  const tab = await browser.tab();
  await tab.setMyName("Jun");
  return { browser, tab, session: await tab.open(await follow(tab, link)) };
}

describe("a workspace made offline", () => {
  it("is there at once, and registered when its server appears", async () => {
    await server.stop();
    const { browser, tab, id, session } = await founded();
    await offline(session);
    expect(tab.list.current).toMatchObject([{ id, title: "Penguins", onServer: false }]);
    expect(session.me.current).toMatchObject({ name: "Mira", role: "owner" });
    const again = await (await browser.reload()).open(id);
    await server.start();
    await saved(again);
    const index = await again.open("index");
    expect(workspaceTitle(index.doc)).toBe("Penguins");
  });

  it("says how many changes wait", async () => {
    await server.stop();
    const { session } = await founded();
    const text = await textOf(session);
    text.insert(0, "a");
    text.insert(1, "b");
    await until(() => {
      const { current } = session.connection;
      // Two letters, the title and the founding.
      return current.kind === "offline" && current.pending === 4;
    });
  });
});

describe("two people", () => {
  it("see what the other types, and who is there", async () => {
    const { session: mira } = await founded();
    const { session: jun } = await joined(mira);
    const [a, b] = [await textOf(mira), await textOf(jun)];
    a.insert(0, "hello");
    await until(() => b.toJSON() === "hello");
    await until(() => mira.members.current.length === 2);
    const [room, other] = [await mira.open("index"), await jun.open("index")];
    other.awareness.setLocalState({ member: jun.me.current.id, name: "Jun" });
    await until(() => room.awareness.getStates().size === 1);
  });

  it("both edit offline, reload, and have everything exactly once when the server is back", async () => {
    const mira = await founded();
    const jun = await joined(mira.session);
    await saved(mira.session, jun.session);
    await server.stop();
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
    await server.start();
    await until(() => left.toJSON() === right.toJSON() && left.toJSON().includes("b0 "));
    await saved(again.mira, again.jun);
    const words = left.toJSON().trim().split(" ");
    expect(words).toHaveLength(400);
    expect(new Set(words).size).toBe(400);
  });
});

describe("what is shown as saved", () => {
  it("is never claimed before the server has it on its disk", async () => {
    const { session } = await founded();
    await saved(session);
    const text = await textOf(session);
    await saved(session);
    text.insert(0, "x");
    expect(kindOf(session)).toBe("saving");
    await saved(session);
    await server.restart();
    const { session: other } = await joined(session);
    const theirs = await textOf(other);
    await until(() => theirs.toJSON() === "x");
  });

  it("covers rooms that nobody has open", async () => {
    const mira = await founded();
    await saved(mira.session);
    await server.stop();
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
    await server.start();
    await saved(again);
    const jun = await joined(again);
    const text = await textOf(jun.session);
    await until(() => text.toJSON() === "offline");
  });
});

it("fetches notebooks ahead, so that one never opened here is there offline", async () => {
  const mira = await founded();
  const text = await textOf(mira.session);
  text.insert(0, "lesson");
  const index = await mira.session.open("index");
  putNotebookEntry(index.doc, {
    id: NOTEBOOK.slice("notebook/".length) as never,
    title: "First",
    createdAt: 1,
    createdBy: mira.session.me.current.id,
  });
  const jun = await joined(mira.session);
  await saved(jun.session);
  await until(() => jun.tab.list.current[0]?.notebooks === 1);
  const stored = async (): Promise<boolean> => {
    await server.stop();
    const session = await (await jun.browser.reload()).open(mira.id);
    const found = (await textOf(session)).toJSON();
    await server.start();
    await saved(session);
    return found === "lesson";
  };
  await until(stored, "the notebook is on this device");
});
