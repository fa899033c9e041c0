/** A server and people in browsers of their own, as tests of the client need them. */
import type * as Y from "yjs";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { BrowserWorkspaces } from "../../lib/platform/browser/workspaces.ts";
import { joinByInvite, signIn } from "../../lib/platform/node/client.ts";
import { newDevice } from "../../lib/testing/foundedWorkspace.ts";
import type { Connection, Role, WorkspaceSession } from "../../lib/workspace/session.ts";
import { type BrowserOptions, type TestBrowser, testBrowser } from "./testBrowser.ts";
import { type TestOptions, type TestServer, startTestServer, until } from "./testServer.ts";

export const NOTEBOOK = "notebook/aaaaaaaaaaaaaaaa" as RoomKey;

/** Somebody's browser with a workspace open in a tab. */
export interface Client {
  readonly browser: TestBrowser;
  readonly tab: BrowserWorkspaces;
  readonly id: WorkspaceId;
  readonly session: WorkspaceSession;
}

export interface Clients {
  readonly server: TestServer;
  browser(options?: BrowserOptions): TestBrowser;
  /** Mira makes a workspace. */
  found(): Promise<Client>;
  /** Jun joins it by an invite. */
  join(from: WorkspaceSession, role?: Role): Promise<Client>;
  /** Somebody else, who joins for that, deletes a room. */
  deleteRoom(from: WorkspaceSession, room: RoomKey): Promise<void>;
  close(): Promise<void>;
}

export async function openClients(options: TestOptions = {}): Promise<Clients> {
  const server = await startTestServer(options);
  const browsers: TestBrowser[] = [];
  const clients: Clients = {
    server,
    browser(options) {
      const browser = testBrowser(server, options);
      browsers.push(browser);
      return browser;
    },
    async found() {
      const browser = clients.browser();
      const tab = await browser.tab();
      await tab.setMyName("Mira");
      const id = await tab.create("Penguins");
      return { browser, tab, id, session: await tab.open(id) };
    },
    async join(from, role = "editor") {
      const link = await from.invite({ role, uses: 1, expiresAt: Date.now() + 60_000 });
      await saved(from);
      const browser = clients.browser();
      const tab = await browser.tab();
      await tab.setMyName("Jun");
      const id = await follow(tab, link);
      return { browser, tab, id, session: await tab.open(id) };
    },
    async deleteRoom(from, room) {
      const link = await from.invite({ role: "editor", uses: 1, expiresAt: Date.now() + 60_000 });
      await saved(from);
      const device = await newDevice();
      const place = await joinByInvite(server.origin, link, device, "Ada");
      const { token } = await signIn(place, device);
      await fetch(`${server.origin}/w/${place.workspace}/rooms/${room}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
      });
    },
    async close() {
      for (const browser of browsers) await browser.close();
      await server.close();
    },
  };
  return clients;
}

/** Joins by a path and fragment, as they are opened elsewhere. */
export async function follow(tab: BrowserWorkspaces, link: string): Promise<WorkspaceId> {
  const [path = "", fragment = ""] = link.split("#");
  const id = path.split("/")[2] as WorkspaceId;
  await tab.join(id, fragment);
  return id;
}

export function kindOf(session: WorkspaceSession): Connection["kind"] {
  return session.connection.current.kind;
}

export function saved(...sessions: WorkspaceSession[]): Promise<void> {
  return until(
    () => sessions.every((session) => kindOf(session) === "saved"),
    "everything is saved",
  );
}

export function offline(session: WorkspaceSession): Promise<void> {
  return until(() => kindOf(session) === "offline", "it is noticed that the server is gone");
}

export async function textOf(session: WorkspaceSession, room: RoomKey = NOTEBOOK): Promise<Y.Text> {
  return (await session.open(room)).doc.getText("t");
}

/** The code of the failure, or "ok" where there was none. */
export function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "ok",
    (error: { failure?: { code: string } }) => error.failure?.code ?? error,
  );
}
