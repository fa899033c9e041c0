import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { NotebookId, WorkspaceId } from "../lib/base/ids.ts";
import type { RoomKey } from "../lib/document/rooms.ts";
import { type Place, deliverEntries, signIn } from "../lib/platform/node/client.ts";
import type { FoundedWorkspace } from "../lib/testing/foundedWorkspace.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import { limits } from "./limits.ts";
import { type RawSocket, openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

const NOTEBOOK: RoomKey = `notebook/${"a".repeat(16) as NotebookId}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const open = async (place: Place, who: Signer, room: RoomKey = "index"): Promise<RawSocket> => {
  const socket = openRawSocket(place, room, (await signIn(place, who)).token);
  await socket.opened;
  return socket;
};

const withMembers = async (): Promise<
  FoundedWorkspace & Place & { editor: Signer; viewer: Signer }
> => {
  const place = await server.found();
  const [editor, viewer] = [await place.member("editor"), await place.member("viewer")];
  await deliverEntries(place, place.log);
  return Object.assign(place, { editor, viewer });
};

const updateOf = (text: string): Uint8Array => {
  const doc = new Y.Doc();
  doc.getText("t").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
};

describe("stock y-websocket clients", () => {
  it("share a document, and find it again after a restart of the server", async () => {
    const place = await withMembers();
    const mira = await server.enter(place, place.owner, NOTEBOOK);
    const jun = await server.enter(place, place.editor, NOTEBOOK);
    mira.doc.getText("t").insert(0, "from Mira, ");
    jun.doc.getText("t").insert(0, "from Jun, ");
    await until(() => mira.doc.getText("t").length === 21 && jun.doc.getText("t").length === 21);
    expect(mira.doc.getText("t").toJSON()).toBe(jun.doc.getText("t").toJSON());

    mira.close();
    jun.close();
    await server.restart();
    const ada = await server.enter(place, place.viewer, NOTEBOOK);
    await ada.synced;
    expect(ada.doc.getText("t").length).toBe(21);
  });

  it("meet again after both wrote while the server was away", async () => {
    const place = await withMembers();
    const [mira, jun] = await Promise.all([
      server.enter(place, place.owner, NOTEBOOK),
      server.enter(place, place.editor, NOTEBOOK),
    ]);
    await Promise.all([mira.synced, jun.synced]);
    const down = server.restart();
    for (let i = 0; i < 20; i++) {
      mira.doc.getArray("a").push([`m${i}`]);
      jun.doc.getArray("a").push([`j${i}`]);
    }
    await down;
    await until(() => mira.doc.getArray("a").length === 40 && jun.doc.getArray("a").length === 40);
    expect(mira.doc.getArray("a").toJSON()).toEqual(jun.doc.getArray("a").toJSON());
  });

  it("see each other come and go", async () => {
    const place = await withMembers();
    const mira = await server.enter(place, place.owner);
    const jun = await server.enter(place, place.editor);
    jun.provider.awareness.setLocalState({ name: "Jun" });
    const names = (): unknown[] =>
      [...mira.provider.awareness.getStates().values()].map((state) => state["name"] as unknown);
    await until(() => names().includes("Jun"));
    jun.close();
    await until(() => !names().includes("Jun"));
  });
});

describe("getting in", () => {
  const reasonOf = (place: Place, room: RoomKey, token?: string): Promise<string> =>
    openRawSocket(place, room, token).closed;

  it("is refused with a code of its own for each reason", async () => {
    const place = await withMembers();
    const { token } = await signIn(place, place.owner);
    const nowhere = { ...place, workspace: "b".repeat(26) as WorkspaceId };
    expect(await reasonOf(place, "index", undefined)).toBe("4401 bad-token");
    expect(await reasonOf(place, "index", "nonsense")).toBe("4401 bad-token");
    expect(await reasonOf(nowhere, "index", token)).toBe("4404 workspace-unknown");
    expect(await reasonOf(place, "cellar" as RoomKey, token)).toBe("4404 room-unknown");
    expect(await reasonOf(await server.found(), "index", token)).toBe("4401 bad-token");
    const { token: jun } = await signIn(place, place.editor);
    await place.add(place.owner, { kind: "revoke", key: place.editor.publicKey });
    await deliverEntries(place, place.log);
    expect(await reasonOf(place, "index", jun)).toBe("4403 not-a-member");
  });

  it("is refused for a deleted room, for ever, and who is in it is shown out", async () => {
    const place = await withMembers();
    const inside = await open(place, place.editor, NOTEBOOK);
    inside.update(updateOf("gone soon"));
    await until(() => inside.durable() === 1);
    const remove = async (who: Signer, room: string): Promise<number> => {
      const { token } = await signIn(place, who);
      const url = `${place.origin}/w/${place.workspace}/rooms/${room}`;
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(url, { method: "DELETE", headers })).status;
    };
    expect(await remove(place.viewer, NOTEBOOK)).toBe(403);
    expect(await remove(place.editor, "index")).toBe(400);
    expect(await remove(place.editor, NOTEBOOK)).toBe(204);
    expect(await inside.closed).toBe("4410 room-deleted");
    const again = async (): Promise<string> =>
      reasonOf(place, NOTEBOOK, (await signIn(place, place.owner)).token);
    expect(await again()).toBe("4410 room-deleted");
    await server.restart();
    expect(await again()).toBe("4410 room-deleted");
  });
});

describe("a viewer", () => {
  it("reads everything, and changes nothing with whatever message", async () => {
    const place = await withMembers();
    const [editor, viewer] = [await open(place, place.editor), await open(place, place.viewer)];
    viewer.update(updateOf("graffiti"));
    viewer.step2(updateOf("graffiti again"));
    await until(() => viewer.denials() === 2);
    editor.update(updateOf("signed"));
    await until(() => viewer.updates.length === 1);
    expect(viewer.durable()).toBe(0);
    const reader = await server.enter(place, place.owner);
    await reader.synced;
    expect(reader.doc.getText("t").toJSON()).toBe("signed");
  });

  it("is not scolded for answering a sync step with what everybody knows, deletions included", async () => {
    const place = await withMembers();
    const mira = await server.enter(place, place.owner, NOTEBOOK);
    mira.doc.getText("t").insert(0, "here and gone");
    mira.doc.getText("t").delete(4, 9);
    await mira.synced;
    await until(async () => {
      const reader = await server.enter(place, place.owner, NOTEBOOK);
      await reader.synced;
      return reader.doc.getText("t").toJSON() === "here";
    });
    const viewer = await open(place, place.viewer, NOTEBOOK);
    viewer.step2(Y.encodeStateAsUpdate(mira.doc));
    viewer.step2(new Uint8Array([0, 0]));
    await until(() => viewer.durable() === 2);
    expect(viewer.denials()).toBe(0);
  });

  it("is who was an editor a moment ago, on the same connection, and the other way round", async () => {
    const place = await withMembers();
    const [jun, ada] = [await open(place, place.editor), await open(place, place.viewer)];
    jun.update(updateOf("before"));
    await until(() => jun.durable() === 1);
    await place.add(place.owner, {
      kind: "role",
      member: place.editor.publicKey,
      role: "viewer",
    });
    await place.add(place.owner, {
      kind: "role",
      member: place.viewer.publicKey,
      role: "editor",
    });
    await deliverEntries(place, place.log);
    jun.update(updateOf("after"));
    ada.update(updateOf("now I may"));
    await until(() => jun.denials() === 1 && ada.durable() === 1);
    expect(jun.durable()).toBe(1);
  });

  it("is shown out when they are taken out of the workspace", async () => {
    const place = await withMembers();
    const ada = await open(place, place.viewer);
    await place.add(place.owner, { kind: "revoke", key: place.viewer.publicKey });
    await deliverEntries(place, place.log);
    expect(await ada.closed).toBe("4403 not-a-member");
  });
});

describe("presence", () => {
  it("is taken for one's own ids alone, and in one's own name", async () => {
    const place = await withMembers();
    const [jun, eve] = [await open(place, place.editor), await open(place, place.viewer)];
    jun.announce(1, 1, { name: "Jun", member: place.editor.publicKey });
    await until(() => eve.presence.has(1));
    eve.announce(1, 9, { name: "Eve was here" });
    eve.announce(1, 10, null);
    eve.announce(2, 1, { name: "Jun", member: place.editor.publicKey });
    eve.announce(3, 1, { name: "Eve", member: place.viewer.publicKey });
    await until(() => jun.presence.has(3));
    expect(jun.presence.get(1)).toMatchObject({ name: "Jun" });
    expect(jun.presence.has(2)).toBe(false);
  });

  it("comes back to the sender, whose client wants to hear something every half minute", async () => {
    const place = await withMembers();
    const jun = await open(place, place.editor);
    jun.announce(7, 1, { name: "Jun" });
    await until(() => jun.presence.has(7));
  });

  it("passes to a member's new socket when the old one has not noticed that it is dead", async () => {
    const place = await withMembers();
    const [old, fresh] = [await open(place, place.editor), await open(place, place.editor)];
    old.announce(1, 1, { at: "old" });
    await until(() => fresh.presence.has(1));
    fresh.announce(1, 2, { at: "new" });
    await until(() => (old.presence.get(1) as { at: string }).at === "new");
    old.ws.close();
    await old.closed;
    const watcher = await open(place, place.viewer);
    await until(() => watcher.presence.has(1));
    expect(watcher.presence.get(1)).toEqual({ at: "new" });
  });

  it("is heard by stock clients that leave one by one without anybody lingering", async () => {
    const place = await withMembers();
    const watcher = await open(place, place.owner);
    for (let i = 1; i <= 5; i++) {
      const socket = await open(place, place.editor);
      socket.announce(i, 1, { i });
      await until(() => watcher.presence.get(i) !== undefined);
      socket.ws.terminate();
      await until(() => watcher.presence.get(i) === null);
    }
  });
});

it("lets pages hear something before a stock client takes the connection for dead", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const quiet = await startTestServer();
  try {
    const place = await quiet.found();
    const socket = await open(place, place.owner);
    const heard: string[] = [];
    socket.ws.on("message", (data: Buffer) => heard.push(data.toString("hex")));
    expect(2 * limits.pingMs).toBeLessThan(30_000);
    vi.advanceTimersByTime(limits.pingMs);
    await until(() => heard.includes("010100"));
  } finally {
    vi.useRealTimers();
    await quiet.close();
  }
});
