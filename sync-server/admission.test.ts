import { afterEach, beforeEach, expect, it } from "vitest";
import * as Y from "yjs";
import { deliverEntries, signIn } from "../lib/platform/node/client.ts";
import { openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

/** A server whose rooms load when the test says so. */
let server: TestServer;
let asked: (() => void)[];
beforeEach(async () => {
  asked = [];
  server = await startTestServer({
    wrap: (store) => ({
      ...store,
      async load(room) {
        await new Promise<void>((resolve) => asked.push(resolve));
        return store.load(room);
      },
    }),
  });
});
afterEach(() => server.close());

it("lets an editor who is made a viewer while the room loads only read", async () => {
  const place = await server.found();
  const editor = await place.member("editor");
  await deliverEntries(place, place.log);
  const socket = openRawSocket(place, "index", (await signIn(place, editor)).token);
  await until(() => asked.length === 1);
  await place.add(place.owner, { kind: "role", member: editor.publicKey, role: "viewer" });
  await deliverEntries(place, place.log);
  asked[0]?.();
  await socket.opened;
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "too late");
  socket.update(Y.encodeStateAsUpdate(doc));
  await until(() => socket.denials() === 1);
});

it("turns away a member who is shown out while the room loads", async () => {
  const place = await server.found();
  const editor = await place.member("editor");
  await deliverEntries(place, place.log);
  const socket = openRawSocket(place, "index", (await signIn(place, editor)).token);
  await until(() => asked.length === 1);
  await place.add(place.owner, { kind: "revoke", key: editor.publicKey });
  await deliverEntries(place, place.log);
  asked[0]?.();
  expect(await socket.closed).toBe("4403 not-a-member");
});
