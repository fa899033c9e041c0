import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { NotebookId } from "../lib/base/ids.ts";
import type { RoomKey } from "../lib/document/rooms.ts";
import { type Place, signIn } from "../lib/platform/node/client.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import { type Limits, limits } from "./limits.ts";
import { type RawSocket, openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 20_000 });

const roomNamed = (letter: string): RoomKey => `notebook/${letter.repeat(16) as NotebookId}`;

let server: TestServer;
afterEach(() => server.close());

async function serverWith(
  numbers: Partial<Limits>,
): Promise<Place & { owner: Signer; open: (room?: RoomKey) => Promise<RawSocket> }> {
  server = await startTestServer({ limits: numbers });
  const place = await server.found();
  const { token } = await signIn(place, place.owner);
  const open = async (room: RoomKey = "index"): Promise<RawSocket> => {
    const socket = openRawSocket(place, room, token);
    await Promise.race([socket.opened, socket.closed]);
    return socket;
  };
  return Object.assign(place, { open });
}

const updateOf = (doc: Y.Doc, edit: () => void): Uint8Array => {
  const before = Y.encodeStateVector(doc);
  edit();
  return Y.encodeStateAsUpdate(doc, before);
};
const text = (length: number): Uint8Array => {
  const doc = new Y.Doc();
  return updateOf(doc, () => doc.getText("t").insert(0, "x".repeat(length)));
};

describe("a client that goes over a limit is told which one and its number", () => {
  it("for one message", async () => {
    const { open } = await serverWith({ frameBytes: 10_000 });
    const socket = await open();
    socket.update(text(9_000));
    await until(() => socket.durable() === 1);
    socket.update(text(11_000));
    expect(await socket.closed).toBe("1009 frame-too-big 10000");
  });

  it("for a room, whether by one step or by many", async () => {
    const { open } = await serverWith({ roomBytes: 20_000 });
    const socket = await open();
    for (let i = 1; i <= 4; i++) {
      socket.update(text(4_500));
      await until(() => socket.durable() === i);
    }
    socket.update(text(4_500));
    expect(await socket.closed).toBe("1009 room-too-big 20000");
    const other = await open(roomNamed("b"));
    other.update(text(25_000));
    expect(await other.closed).toBe("1009 room-too-big 20000");
    other.ws.terminate();
  });

  it("for presence", async () => {
    const { open } = await serverWith({});
    const socket = await open();
    socket.announce(1, 1, { name: "M".repeat(limits.awarenessBytes) });
    expect(await socket.closed).toBe(`1009 presence-too-big ${limits.awarenessBytes}`);
  });

  it("for a reader that does not read, while the others go on", async () => {
    const { open } = await serverWith({ bufferedBytes: 200_000 });
    const [slow, quick] = [await open(), await open()];
    slow.ws.pause();
    // More than the system's own buffers hold.
    const name = "M".repeat(60_000);
    for (let i = 1; i <= 250; i++) {
      quick.announce(1, i, { name, i });
      // It is itself a reader, and quick only where it is not given more than it could have read by now.
      if (i % 2 === 0)
        await until(() => (quick.presence.get(1) as { i: number } | undefined)?.i === i);
    }
    slow.ws.resume();
    expect(await slow.closed).toBe("1013 too-slow 200000");
    expect(quick.ws.readyState).toBe(quick.ws.OPEN);
  });

  it("for sockets from one address, and only so many are let in to be told", async () => {
    const { open } = await serverWith({ socketsPerAddress: 2, toldPerAddress: 1 });
    await open();
    await open();
    expect(await (await open()).closed).toBe("1013 too-many-sockets 2");
    const many = await Promise.all([open(), open(), open(), open()]);
    const ends = await Promise.all(many.map(({ closed }) => closed));
    expect(new Set(ends)).toEqual(new Set(["1013 too-many-sockets 2", "1006"]));
  });

  it("for rooms that one device has open, and lets in another when one was closed", async () => {
    const { open } = await serverWith({ roomsPerDevice: 2 });
    const first = await open(roomNamed("a"));
    await open(roomNamed("b"));
    expect(await (await open(roomNamed("c"))).closed).toBe("1013 too-many-rooms 2");
    first.ws.close();
    await first.closed;
    await until(async () => {
      const again = await open(roomNamed("c"));
      again.step1(Uint8Array.of(0));
      return Promise.race([
        until(() => again.updates.length > 0).then(() => true),
        again.closed.then(() => false),
      ]);
    });
  });

  it("for requests and new workspaces of a minute", async () => {
    const { origin, workspace } = await serverWith({
      requestsPerMinute: 20,
      registrationsPerMinute: 1,
    });
    await expect(server.found()).rejects.toThrow("too-many-workspaces");
    const ask = (): Promise<Response> =>
      fetch(`${origin}/w/${workspace}/challenge`, { method: "POST", body: "{}" });
    await until(async () => (await ask()).status === 429);
    expect(await (await ask()).json()).toEqual({ error: "too-many", limit: 20 });
  });

  it("for one chunk of a blob, and for one request", async () => {
    const place = await serverWith({});
    const { token } = await signIn(place, place.owner);
    const put = await fetch(`${place.origin}/w/${place.workspace}/blobs/${"a".repeat(64)}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}` },
      body: new Uint8Array(limits.chunkBytes + 1),
    });
    expect(put.status).toBe(413);
    expect(await put.json()).toEqual({ error: "too-big", limit: limits.chunkBytes });
  });
});

describe("a room's limit", () => {
  it("counts what the room holds, not what was written and deleted since", async () => {
    const { open } = await serverWith({ roomBytes: 20_000 });
    const socket = await open();
    const doc = new Y.Doc();
    const output = doc.getMap("outputs");
    for (let i = 1; i <= 6; i++) {
      socket.update(updateOf(doc, () => output.set("cell", `${i}`.repeat(6_000))));
      await until(() => socket.durable() === i);
    }
  });

  it("takes a step that makes room for what it brings", async () => {
    const { open } = await serverWith({ roomBytes: 20_000 });
    const socket = await open();
    const doc = new Y.Doc();
    const output = doc.getMap("outputs");
    socket.update(updateOf(doc, () => output.set("cell", "a".repeat(15_000))));
    await until(() => socket.durable() === 1);
    socket.update(
      updateOf(doc, () => {
        output.delete("cell");
        output.set("other", "b".repeat(15_000));
      }),
    );
    await until(() => socket.durable() === 2);
  });
});
