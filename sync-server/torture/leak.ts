/**
 * y-websocket shares updates between tabs of one browser by a room's name alone, past the server. Shown with two stock
 * tabs, where it happens; a viewer's must not reach a tab of the product.
 */
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { roomName } from "../../lib/document/rooms.ts";
import { type Place, joinByInvite, signIn } from "../../lib/platform/node/client.ts";
import { TOKEN_PREFIX } from "../../lib/sync/wire.ts";
import { newDevice } from "../../lib/testing/foundedWorkspace.ts";
import { saved } from "../testing/clients.ts";
import { testBrowser } from "../testing/testBrowser.ts";
import { type TestServer, until } from "../testing/testServer.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { must } from "./torture.ts";
import { itemsOf } from "./writer.ts";

const ROOM = notebookRoom(40);

export async function tryToLeak(server: TestServer): Promise<void> {
  const browser = testBrowser(server);
  const stock: WebsocketProvider[] = [];
  try {
    const tab = await browser.tab();
    const workspace: WorkspaceId = await tab.create("Penguins");
    const session = await tab.open(workspace);
    const ours = await session.open(ROOM);
    const viewer = await newDevice();
    const expiresAt = Date.now() + 60_000;
    const link = await session.invite({ role: "viewer", uses: 1, expiresAt });
    await saved(session);
    const place: Place = await joinByInvite(server.origin, link, viewer, "Eve");
    const { token } = await signIn(place, viewer);
    const open = (): WebsocketProvider => {
      const provider = new WebsocketProvider(
        `${server.origin.replace(/^http/, "ws")}/sync`,
        roomName(workspace, ROOM),
        new Y.Doc(),
        {
          WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
          protocols: [TOKEN_PREFIX + token],
          disableBc: false,
        },
      );
      stock.push(provider);
      return provider;
    };
    const [viewers, another] = [open(), open()];
    await until(() => viewers.synced && another.synced);
    itemsOf(viewers.doc).push(["graffiti"]);
    await until(() => itemsOf(another.doc).length === 1, "two stock tabs reach each other");
    // A way there and back for everything that was on its way.
    itemsOf(ours.doc).push(["honest"]);
    await saved(session);
    await until(() => itemsOf(viewers.doc).toArray().includes("honest"));
    const found = itemsOf(ours.doc).toArray();
    must(found.join() === "honest", `a viewer's tab reached an editor's: ${found.join()}`);
    const kept = await readItems(place, viewer, ROOM);
    must(kept.join() === "honest", `a viewer's tab wrote through another: ${kept.join()}`);
  } finally {
    for (const provider of stock) provider.destroy();
    await browser.close();
  }
}
