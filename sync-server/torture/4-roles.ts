/** Who may do what, whatever they send: every role against every message, and roles that change in mid-session. */
import { SignJWT, UnsecuredJWT } from "jose";
import { createHash } from "node:crypto";
import * as Y from "yjs";
import type { RoomKey } from "../../lib/document/rooms.ts";
import { type Place, deliverEntries, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import type { FoundedWorkspace } from "../../lib/testing/foundedWorkspace.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { openRawSocket } from "../testing/rawSocket.ts";
import { startTestServer, until } from "../testing/testServer.ts";
import { tryToLeak } from "./leak.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { COMPLAINT, type Torture, must } from "./torture.ts";
import { itemsOf, openWriter } from "./writer.ts";

type World = FoundedWorkspace & Place;

/** The server's own, so that tokens can be made that it would have made at another time. */
const SECRET = new Uint8Array(32).fill(7);
const HOUR = 3600;

export const roles: Torture<{ readonly changes: number }> = {
  title:
    "The matrix of roles: a viewer's raw messages and forged presence, a role taken away in mid-session, an expired token, the BroadcastChannel leak",
  short: { changes: 4 },
  long: { changes: 200 },
  async run(seed, { changes }, say) {
    const chance = chanceFrom(seed);
    const server = await startTestServer({
      wrap: (store) => ({ ...store, secret: () => Promise.resolve(SECRET) }),
      // A quick machine changes more roles in a minute than a server allows.
      limits: { requestsPerMinute: 100_000 },
    });
    try {
      const tried = await tryMatrix(await server.found(), await server.found());
      say(`${tried} combinations of who and what: each allowed or refused as it should be`);
      const { kept, dropped } = await changeRoles(await server.found(), chance, changes);
      say(`${changes} changes of role in mid-session: ${kept} edits kept, ${dropped} dropped`);
      await tryToLeak(server);
      say("BroadcastChannel: a stock tab of a viewer reaches a stock tab, and not ours");
      const failures = server.logged
        .map((line) => JSON.stringify(line))
        .filter((line) => COMPLAINT.test(line));
      must(failures.length === 0, `the server complained: ${failures.join()}`);
    } finally {
      await server.close();
    }
  },
};

interface Somebody {
  readonly who: string;
  readonly token: string;
  /** How a socket of theirs ends; undefined where it stays open. */
  readonly shutOut: string | undefined;
  readonly mayWrite: boolean;
  /** The status of what they ask for over HTTP, reading and writing. */
  readonly reads: number;
  readonly writes: number;
}

async function tryMatrix(place: World, other: World): Promise<number> {
  const editor = await place.member("editor");
  const people = await everybody(place, other, editor);
  let tried = 0;
  for (const [i, one] of people.entries()) {
    await trySocket(place, editor, one, notebookRoom(i));
    await tryHttp(place, one, notebookRoom(i));
    tried += 9;
  }
  return tried;
}

async function everybody(place: World, other: World, editor: Signer): Promise<Somebody[]> {
  const [viewer, gone] = [await place.member("viewer"), await place.member("editor")];
  await deliverEntries(place, place.log);
  const tokenOf = async (who: Signer): Promise<string> => (await signIn(place, who)).token;
  const goneToken = await tokenOf(gone);
  await place.add(place.owner, { kind: "revoke", key: gone.publicKey });
  await deliverEntries(place, place.log);
  const now = Math.floor(Date.now() / 1000);
  const claims = (until: number): SignJWT =>
    new SignJWT({ w: place.workspace })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(place.owner.publicKey)
      .setExpirationTime(until);
  const unsigned = new UnsecuredJWT({ w: place.workspace })
    .setSubject(place.owner.publicKey)
    .setExpirationTime(now + HOUR)
    .encode();
  const writes = { shutOut: undefined, mayWrite: true, reads: 404, writes: 204 };
  const nobody = { shutOut: "4401 bad-token", mayWrite: false, reads: 401, writes: 401 };
  return [
    { who: "owner", token: await tokenOf(place.owner), ...writes },
    { who: "editor", token: await tokenOf(editor), ...writes },
    { who: "viewer", token: await tokenOf(viewer), ...writes, mayWrite: false, writes: 403 },
    {
      who: "gone",
      token: goneToken,
      ...nobody,
      shutOut: "4403 not-a-member",
      reads: 403,
      writes: 403,
    },
    { who: "of another workspace", token: (await signIn(other, other.owner)).token, ...nobody },
    { who: "expired", token: await claims(now - 1).sign(SECRET), ...nobody },
    {
      who: "of another server",
      token: await claims(now + HOUR).sign(SECRET.map((b) => b + 1)),
      ...nobody,
    },
    { who: "unsigned", token: unsigned, ...nobody },
    { who: "nobody", token: "", ...nobody },
  ];
}

async function trySocket(
  place: World,
  editor: Signer,
  one: Somebody,
  room: RoomKey,
): Promise<void> {
  const said = `somebody ${one.who}`;
  const honest = openRawSocket(place, room, (await signIn(place, editor)).token);
  await honest.opened;
  honest.announce(5, 1, { name: "Jun", member: editor.publicKey });
  const socket = openRawSocket(place, room, one.token);
  if (one.shutOut !== undefined) {
    // What is sent before the door shuts is not read either.
    socket.ws.once("open", () => socket.update(updateOf("shut out")));
    const end = await socket.closed;
    must(end === one.shutOut, `${said} was told "${end}"`);
  } else {
    await socket.opened;
    socket.step2(updateOf("by step 2"));
    socket.update(updateOf("by update"));
    socket.announce(5, 9, { name: "forged" });
    const another = one.who === "owner" ? editor : place.owner;
    socket.announce(6, 1, { name: "Jun", member: another.publicKey });
    socket.announce(7, 1, { name: "own" });
    await until(() => socket.durable() + socket.denials() === 2 && honest.presence.has(7));
    must(socket.durable() === (one.mayWrite ? 2 : 0), `${said} was acknowledged what is not kept`);
    const forged = (honest.presence.get(5) as { name: string }).name === "forged";
    must(one.who === "editor" || !forged, `${said} spoke for another`);
    must(!honest.presence.has(6), `${said} took another's name`);
  }
  const found = await readItems(place, place.owner, room);
  const expected = one.mayWrite ? "by step 2,by update" : "";
  must([...found].sort().join() === expected, `of ${said} there is: ${found.join()}`);
  honest.ws.terminate();
  socket.ws.terminate();
}

async function tryHttp(place: World, one: Somebody, room: RoomKey): Promise<void> {
  const bytes = new TextEncoder().encode(`bytes of ${one.who}`);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const ask = async (
    method: string,
    path: string,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<number> => {
    const headers = { authorization: `Bearer ${one.token}` };
    const url = `${place.origin}/w/${place.workspace}/${path}`;
    return (await fetch(url, { method, headers, ...(body ? { body } : {}) })).status;
  };
  const expect = (what: string, status: number, expected: number): void =>
    must(status === expected, `somebody ${one.who} got ${status} for ${what}, not ${expected}`);
  expect("reading a blob", await ask("GET", `blobs/${digest}`), one.reads);
  expect("asking for a blob", await ask("HEAD", `blobs/${digest}`), one.reads);
  expect("the entries", await ask("GET", "entries"), one.reads === 404 ? 200 : one.reads);
  expect("sending a blob", await ask("PUT", `blobs/${digest}`, bytes), one.writes);
  expect("deleting a room", await ask("DELETE", `rooms/${room}`), one.writes);
}

function updateOf(item: string): Uint8Array {
  const doc = new Y.Doc();
  itemsOf(doc).push([item]);
  return Y.encodeStateAsUpdate(doc);
}

/** Somebody writes all the while that an owner takes the right to it away and gives it back. */
async function changeRoles(
  place: World,
  chance: Chance,
  changes: number,
): Promise<{ kept: number; dropped: number }> {
  const editor = await place.member("editor");
  await deliverEntries(place, place.log);
  let [kept, dropped] = [0, 0];
  for (let change = 0; change < changes; change++) {
    const room = notebookRoom(50 + change);
    const { token } = await signIn(place, editor);
    const writer = await openWriter(place, room, token, "w");
    const burst = async (): Promise<void> => {
      for (let i = chance.between(1, 30); i > 0; i--) {
        writer.write();
        if (chance.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await burst();
    const member = editor.publicKey;
    await place.add(place.owner, { kind: "role", member, role: "viewer" });
    const demoting = deliverEntries(place, place.log);
    await burst();
    await demoting;
    const allowed = writer.sent;
    await burst();
    await until(() => writer.socket.durable() + writer.socket.denials() === writer.sent);
    const found = await readItems(place, place.owner, room);
    must(writer.missing(found).length === 0, writer.missing(found).slice(0, 3).join(", "));
    const late = found.filter((item) => Number(item.split("-")[1]) >= allowed);
    must(late.length === 0, `a viewer wrote: ${late.slice(0, 3).join(", ")}`);
    kept += writer.acknowledged();
    dropped += writer.socket.denials();
    writer.socket.ws.terminate();
    await place.add(place.owner, { kind: "role", member, role: "editor" });
    await deliverEntries(place, place.log);
  }
  return { kept, dropped };
}
