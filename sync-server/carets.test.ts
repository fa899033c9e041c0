import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import type { NotebookId } from "../lib/base/ids.ts";
import type { RoomKey } from "../lib/document/rooms.ts";
import { type Place, signIn } from "../lib/platform/node/client.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import { type RawSocket, openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

const NOTEBOOK: RoomKey = `notebook/${"a".repeat(16) as NotebookId}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** In the room: the server has greeted it. */
const open = async (place: Place, who: Signer): Promise<RawSocket> => {
  const socket = openRawSocket(place, NOTEBOOK, (await signIn(place, who)).token);
  await new Promise((greeted) => socket.ws.once("message", greeted));
  return socket;
};

describe("a caret", () => {
  it("is told after the text that it stands in", async () => {
    const place = await server.found();
    const mira = await open(place, place.owner);
    const jun = await open(place, place.owner);
    const doc = new Y.Doc();
    doc.on("update", (update: Uint8Array) => mira.update(update));
    const { clientID } = doc;
    const letters = 30;
    let [shown, tooEarly] = [0, 0];
    jun.ws.on("message", () => {
      const state = jun.presence.get(clientID) as { readonly letters: number } | undefined;
      shown = state?.letters ?? 0;
      if (shown > jun.updates.length) tooEarly++;
    });
    for (let letter = 1; letter <= letters; letter++) {
      doc.getText("t").insert(0, "x");
      mira.announce(clientID, letter, { letters: letter });
    }
    await until(() => shown === letters);
    expect(jun.updates.length).toBe(letters);
    expect(tooEarly).toBe(0);
  });

  it("is not told of once its owner left, though the disk was busy until then", async () => {
    let go = (): void => undefined;
    const busy = new Promise<void>((resolve) => (go = resolve));
    const slow = await startTestServer({
      wrap: (store) => ({
        ...store,
        async append(...given) {
          await busy;
          return store.append(...given);
        },
      }),
    });
    try {
      const place = await slow.found();
      const ada = await open(place, place.owner);
      const mira = await open(place, place.owner);
      mira.announce(7, 1, { letters: 0 });
      await until(() => ada.presence.has(7), "Mira is there");
      const doc = new Y.Doc();
      doc.getText("t").insert(0, "x");
      mira.update(Y.encodeStateAsUpdate(doc));
      mira.announce(7, 2, { letters: 1 });
      mira.ws.close();
      await until(() => ada.presence.get(7) === null, "Mira left");
      const jun = await open(place, place.owner);
      go();
      await until(() => jun.updates.length === 1, "what Mira wrote is there");
      expect(jun.presence.get(7) ?? null).toBeNull();
    } finally {
      await slow.close();
    }
  });
});
