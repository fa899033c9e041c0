import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import type { RoomKey } from "../lib/document/rooms.ts";
import {
  type Place,
  callApi,
  deliverEntries,
  joinByInvite,
  signIn,
} from "../lib/platform/node/client.ts";
import { encodeBase64url } from "../lib/base/base64url.ts";
import { webcryptoSignatures } from "../lib/platform/webcrypto.ts";
import { type FoundedWorkspace, newDevice } from "../lib/testing/foundedWorkspace.ts";
import { challengeBytes } from "../lib/workspace/challenge.ts";
import { invitePath } from "../lib/workspace/invite.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import type { Bus } from "./bus/bus.ts";
import { localHub } from "./bus/local.ts";
import type { Store } from "./stores/store.ts";
import { openLocalStore } from "./testing/localStore.ts";
import { type RawSocket, openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

const NOTEBOOK = `notebook/${"a".repeat(16)}` as RoomKey;

/** Two nodes in this process: one store, and a bus that can be cut. */
let folder: string;
let store: Store;
let nodes: TestServer[];
let cut: boolean;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ensemble-nodes-"));
  store = await openLocalStore(join(folder, "data.sqlite"));
  cut = false;
  const connect = localHub();
  const shared: Store = { ...store, close: () => Promise.resolve() };
  const start = (): Promise<TestServer> =>
    startTestServer({ node: { bus: cuttable(connect()), store: shared } });
  nodes = [await start(), await start()];
});
afterEach(async () => {
  for (const node of nodes) await node.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** Says nothing and hears nothing while it is cut. */
function cuttable(bus: Bus): Bus {
  return {
    ...bus,
    get connected() {
      return !cut;
    },
    async join(room, listener) {
      const line = await bus.join(room, listener);
      return {
        ...line,
        commit: (committed) => (cut ? undefined : line.commit(committed)),
        presence: (member, update) => (cut ? undefined : line.presence(member, update)),
      };
    },
    tellDeleted: (room) => (cut ? undefined : bus.tellDeleted(room)),
    tellMembership: (workspace) => (cut ? undefined : bus.tellMembership(workspace)),
  };
}

interface Workspace extends FoundedWorkspace {
  readonly here: Place;
  readonly there: Place;
}

const found = async (): Promise<Workspace> => {
  const founded = await nodes[0]!.found();
  const { workspace } = founded;
  const [here, there] = nodes.map(({ origin }) => ({ origin, workspace }));
  return Object.assign(founded, { here: here!, there: there! });
};
const open = async (place: Place, who: Signer, room = NOTEBOOK): Promise<RawSocket> => {
  const socket = openRawSocket(place, room, (await signIn(place, who)).token);
  await socket.opened;
  socket.step1(Y.encodeStateVector(new Y.Doc()));
  await until(() => socket.updates.length === 1, "the room answers");
  return socket;
};
const textOf = (socket: RawSocket): string => {
  const doc = new Y.Doc();
  for (const update of socket.updates) Y.applyUpdate(doc, update);
  return doc.getText("t").toJSON();
};
const typing = (): ((text: string) => Uint8Array) => {
  const doc = new Y.Doc();
  let last = new Uint8Array();
  doc.on("update", (update: Uint8Array) => (last = Uint8Array.from(update)));
  return (text) => {
    doc.getText("t").insert(doc.getText("t").length, text);
    return last;
  };
};

describe("two nodes", () => {
  it("carry edits to each other, each once, and store them in one order", async () => {
    const place = await found();
    const jun = await place.member("editor");
    await deliverEntries(place.here, place.log);
    const [a, b] = [await open(place.here, place.owner), await open(place.there, jun)];
    const [mira, other] = [typing(), typing()];
    for (let i = 0; i < 20; i++) {
      a.update(mira("m"));
      b.update(other("j"));
    }
    await until(() => a.durable() === 20 && b.durable() === 20);
    await until(() => a.updates.length >= 21 && b.updates.length >= 21);
    expect([a.updates.length, b.updates.length]).toEqual([21, 21]);
    expect([textOf(a), textOf(b)]).toEqual(["j".repeat(20), "m".repeat(20)]);
    expect((await store.load(`${place.workspace}/${NOTEBOOK}`)).upTo).toBe(40);
    const late = await open(place.there, place.owner);
    expect(textOf(late)).toHaveLength(40);
  });

  it("find in the store what the bus did not bring, a little later", async () => {
    const place = await found();
    const [a, b] = [await open(place.here, place.owner), await open(place.there, place.owner)];
    const mira = typing();
    a.update(mira("whole, "));
    await until(() => textOf(b) === "whole, ");
    cut = true;
    a.update(mira("lost, "));
    await until(() => a.durable() === 2);
    await until(() => textOf(b) === "whole, lost, ");
    // With the bus there again, what comes next shows that something is missing.
    a.update(mira("lost too, "));
    await until(() => a.durable() === 3);
    cut = false;
    a.update(mira("heard"));
    await until(() => textOf(b) === "whole, lost, lost too, heard");
  });

  it("find what was folded meanwhile", async () => {
    const place = await found();
    const [a, b] = [await open(place.here, place.owner), await open(place.there, place.owner)];
    const mira = typing();
    cut = true;
    for (const text of ["one, ", "two, ", "three"]) a.update(mira(text));
    await until(() => a.durable() === 3);
    await store.compact(`${place.workspace}/${NOTEBOOK}`);
    await until(() => textOf(b) === "one, two, three");
  });

  it("show who is on the other, whoever came first, until they leave", async () => {
    const place = await found();
    const jun = await place.member("editor");
    await deliverEntries(place.here, place.log);
    const a = await open(place.here, place.owner);
    a.announce(1, 1, { name: "Mira", member: place.owner.publicKey });
    await until(() => a.presence.has(1));
    const b = await open(place.there, jun);
    await until(() => b.presence.has(1));
    b.announce(2, 1, { name: "Jun", member: jun.publicKey });
    await until(() => a.presence.has(2));
    // Nobody speaks for who is on the other node.
    b.announce(1, 5, { name: "Jun as Mira" });
    b.announce(1, 6, null);
    b.announce(3, 1, { name: "Jun" });
    await until(() => a.presence.has(3));
    expect(a.presence.get(1)).toMatchObject({ name: "Mira" });
    b.ws.close();
    await until(() => a.presence.get(2) === null && a.presence.get(3) === null);
  });

  it("keep the presence of a member who came over from the other node", async () => {
    const place = await found();
    const watcher = await open(place.there, place.owner);
    const old = await open(place.here, place.owner);
    old.announce(1, 1, { at: "old" });
    await until(() => watcher.presence.has(1));
    const fresh = await open(place.there, place.owner);
    fresh.announce(1, 2, { at: "new" });
    await until(() => (old.presence.get(1) as { at: string }).at === "new");
    old.ws.close();
    await old.closed;
    const late = await open(place.here, place.owner);
    await until(() => late.presence.has(1));
    expect(watcher.presence.get(1)).toEqual({ at: "new" });
  });

  it("know a change of role made on the other, on open connections too", async () => {
    const place = await found();
    const jun = await place.member("editor");
    await deliverEntries(place.here, place.log);
    const b = await open(place.there, jun);
    b.update(typing()("before"));
    await until(() => b.durable() === 1);
    await place.add(place.owner, { kind: "role", member: jun.publicKey, role: "viewer" });
    await deliverEntries(place.here, place.log);
    await until(() => {
      b.update(typing()("after"));
      return b.denials() > 0;
    });
    // Also where the bus said nothing of it.
    cut = true;
    await place.add(place.owner, { kind: "revoke", key: jun.publicKey });
    await deliverEntries(place.here, place.log);
    expect(await b.closed).toBe("4403 not-a-member");
  });

  it("let somebody in at once who has just joined on the other", async () => {
    const place = await found();
    await signIn(place.there, place.owner);
    cut = true;
    const { signer, secret } = await webcryptoSignatures.makeSecret();
    const key = signer.publicKey;
    const expiresAt = Date.now() + 60_000;
    await place.add(place.owner, { kind: "invite", key, role: "viewer", expiresAt, uses: 1 });
    await deliverEntries(place.here, place.log);
    const jun = await newDevice();
    const link = invitePath(place.workspace, { key, secret });
    await joinByInvite(place.here.origin, link, jun, "Jun");
    expect((await signIn(place.there, jun)).role).toBe("viewer");
  });

  it("take the answer to a challenge that the other made, once in all", async () => {
    const place = await found();
    const { publicKey: key } = place.owner;
    const nonce = (await callApi(place.here, "challenge", { key }))["nonce"] as string;
    const signed = await place.owner.sign(challengeBytes(place.workspace, nonce));
    const answer = { key, nonce, signature: encodeBase64url(signed) };
    const { token } = await callApi(place.there, "token", answer);
    await expect(callApi(place.here, "token", answer)).rejects.toThrow("bad-signature");
    const socket = openRawSocket(place.here, NOTEBOOK, token as string);
    await socket.opened;
  });

  it("close a room that is deleted on the other, and let nobody in again", async () => {
    const place = await found();
    const remove = async (room: string): Promise<void> => {
      const { token } = await signIn(place.here, place.owner);
      const url = `${place.here.origin}/w/${place.workspace}/rooms/${room}`;
      await fetch(url, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
    };
    const b = await open(place.there, place.owner);
    b.update(typing()("gone soon"));
    await until(() => b.durable() === 1);
    await remove(NOTEBOOK);
    expect(await b.closed).toBe("4410 room-deleted");
    const { token } = await signIn(place.there, place.owner);
    expect(await openRawSocket(place.there, NOTEBOOK, token).closed).toBe("4410 room-deleted");
    // Also where the bus said nothing of it; and nothing that is written meanwhile is called durable.
    const silent = `notebook/${"b".repeat(16)}` as RoomKey;
    const c = await open(place.there, place.owner, silent);
    cut = true;
    await remove(silent);
    c.update(typing()("too late"));
    expect(["1013 try-later", "4410 room-deleted"]).toContain(await c.closed);
    expect(c.durable()).toBe(0);
  });
});
