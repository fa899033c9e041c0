import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBase64url } from "../lib/base/base64url.ts";
import {
  type Place,
  callApi,
  deliverEntries,
  joinByInvite,
  signIn,
} from "../lib/platform/node/client.ts";
import { webcryptoSignatures } from "../lib/platform/webcrypto.ts";
import {
  type FoundedWorkspace,
  foundWorkspace,
  newDevice,
} from "../lib/testing/foundedWorkspace.ts";
import { challengeBytes } from "../lib/workspace/challenge.ts";
import { signEntry } from "../lib/workspace/entry.ts";
import { invitePath } from "../lib/workspace/invite.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import { type TestServer, startTestServer } from "./testing/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function offline(): Promise<FoundedWorkspace & Place> {
  return Object.assign(await foundWorkspace(Date.now), { origin: server.origin });
}

async function entriesAs(place: Place, token: string): Promise<Response> {
  return fetch(`${place.origin}/w/${place.workspace}/entries`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

describe("a workspace", () => {
  it("is registered with everything that happened to it offline, and listed to its members", async () => {
    const place = await offline();
    const jun = await place.member("editor");
    await place.add(place.owner, { kind: "name", name: "Mira L." });
    expect(await callApi(place, "entries", { entries: place.log })).toEqual({
      accepted: place.log.length,
      refused: [],
    });
    const { token, role } = await signIn(place, jun);
    expect(role).toBe("editor");
    const listed = (await (await entriesAs(place, token)).json()) as { entries: unknown };
    expect(listed.entries).toEqual(place.log);
  });

  it("is the same after the same entries were delivered again, also all at once", async () => {
    const place = await offline();
    await place.member("editor");
    await Promise.all([1, 2, 3].map(() => deliverEntries(place, place.log)));
    await deliverEntries(place, [...place.log, ...place.log]);
    const { token } = await signIn(place, place.owner);
    const listed = (await (await entriesAs(place, token)).json()) as { entries: unknown[] };
    expect(listed.entries).toHaveLength(place.log.length);
  });

  it("is not registered by anything but its genesis", async () => {
    const place = await offline();
    await place.member("editor");
    expect(await callApi(place, "entries", { entries: place.log.slice(1) })).toEqual({
      accepted: 0,
      refused: place.log.slice(1).map((_, index) => ({
        index,
        reason: index === 0 ? "no-genesis" : "invite-unknown",
      })),
    });
    await expect(callApi(place, "challenge", { key: place.owner.publicKey })).rejects.toThrow(
      "workspace-unknown",
    );
  });

  it("takes what is right of a delivery and says of the rest why not", async () => {
    const place = await offline();
    const stranger = await newDevice();
    const act = { kind: "name", name: "Eve" } as const;
    const alien = await signEntry(place.world, stranger, place.workspace, act);
    const forged = { ...alien, by: place.owner.publicKey };
    const said = await callApi(place, "entries", {
      entries: [place.log[0], "junk", alien, forged, { ...place.log[0], v: 2 }],
    });
    expect(said).toEqual({
      accepted: 1,
      refused: [
        { index: 1, reason: "not-an-entry" },
        { index: 2, reason: "not-a-member" },
        { index: 3, reason: "not-authentic" },
        { index: 4, reason: "not-an-entry" },
      ],
    });
  });

  it("survives a restart, and so do the tokens that were given out", async () => {
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    await server.restart();
    expect((await entriesAs(place, token)).status).toBe(200);
  });
});

describe("an invite", () => {
  it("lets whoever has the link join, as often as it says, until it expires", async () => {
    const place = await server.found();
    const link = async (uses: number, expiresAt: number): Promise<string> => {
      const { signer, secret } = await webcryptoSignatures.makeSecret();
      const key = signer.publicKey;
      await place.add(place.owner, { kind: "invite", key, role: "viewer", expiresAt, uses });
      await deliverEntries(place, place.log);
      return invitePath(place.workspace, { key, secret });
    };
    const once = await link(1, Date.now() + 60_000);
    const [jun, ada] = [await newDevice(), await newDevice()];
    const joined = await joinByInvite(server.origin, once, jun, "Jun");
    expect((await signIn(joined, jun)).role).toBe("viewer");
    await expect(joinByInvite(server.origin, once, ada, "Ada")).rejects.toThrow("invite-used-up");
    const late = await link(5, Date.now() - 1);
    await expect(joinByInvite(server.origin, late, ada, "Ada")).rejects.toThrow("invite-expired");
    await expect(signIn(place, ada)).rejects.toThrow("not-a-member");
  });

  it("is used as often as it says when many come at the same moment", async () => {
    const place = await server.found();
    const invite = await place.invite("editor", 3);
    await deliverEntries(place, place.log);
    const { secret } = await webcryptoSignatures.makeSecret();
    expect(secret).toHaveLength(32);
    const before = place.membership;
    const joins = [];
    for (let i = 0; i < 8; i++) {
      place.membership = before;
      await place.join(await newDevice(), invite);
      joins.push(place.log.at(-1)!);
    }
    const said = await Promise.all(
      joins.map((entry) => callApi(place, "entries", { entries: [entry] })),
    );
    expect(said.filter(({ accepted }) => accepted === 1)).toHaveLength(3);
  });
});

describe("a token", () => {
  const challengeOf = async (place: Place, signer: Signer): Promise<string> =>
    (await callApi(place, "challenge", { key: signer.publicKey }))["nonce"] as string;
  const answer = async (place: Place, signer: Signer, nonce: string): Promise<string> =>
    encodeBase64url(await signer.sign(challengeBytes(place.workspace, nonce)));

  it("is for who signed the challenge, once", async () => {
    const place = await server.found();
    const key = place.owner.publicKey;
    const nonce = await challengeOf(place, place.owner);
    const signature = await answer(place, place.owner, nonce);
    await callApi(place, "token", { key, nonce, signature });
    await expect(callApi(place, "token", { key, nonce, signature })).rejects.toThrow(
      "bad-signature",
    );
  });

  it("is not for another key, another workspace, or a made-up challenge", async () => {
    const [place, other] = [await server.found(), await server.found()];
    const key = place.owner.publicKey;
    const thief = await newDevice();
    const wrong = [
      { nonce: await challengeOf(place, place.owner), signer: thief, key },
      { nonce: await challengeOf(place, thief), signer: place.owner, key },
      { nonce: await challengeOf(other, place.owner), signer: place.owner, key },
      { nonce: "AAAA", signer: place.owner, key },
    ];
    for (const { nonce, signer } of wrong) {
      const signature = await answer(place, signer, nonce);
      await expect(callApi(place, "token", { key, nonce, signature })).rejects.toThrow(
        "bad-signature",
      );
    }
    await expect(signIn(place, thief)).rejects.toThrow("not-a-member");
  });

  it("is refused where it is wrong, of another workspace, or its member has gone", async () => {
    const [place, other] = [await server.found(), await server.found()];
    const jun = await place.member("editor");
    await deliverEntries(place, place.log);
    const { token } = await signIn(place, jun);
    expect((await entriesAs(place, token)).status).toBe(200);
    expect((await entriesAs(place, `${token.slice(0, -4)}AAAA`)).status).toBe(401);
    expect((await entriesAs(place, "")).status).toBe(401);
    expect((await entriesAs(other, token)).status).toBe(401);
    await place.add(place.owner, { kind: "revoke", key: jun.publicKey });
    await deliverEntries(place, place.log);
    expect((await entriesAs(place, token)).status).toBe(403);
  });
});

describe("registering", () => {
  it("needs the token where the server was started with one; what is registered needs none", async () => {
    const guarded = await startTestServer({ settings: { registerToken: "open sesame" } });
    try {
      const place = { ...(await offline()), origin: guarded.origin };
      const entries = { entries: place.log };
      await expect(callApi(place, "entries", entries)).rejects.toThrow("register-token-needed");
      const register = (token: string): Promise<Response> =>
        fetch(`${place.origin}/w/${place.workspace}/entries`, {
          method: "POST",
          headers: { authorization: `Register ${token}` },
          body: JSON.stringify(entries),
        });
      expect((await register("wrong")).status).toBe(403);
      expect((await register("open%20sesame")).status).toBe(403);
      expect((await register("open sesame")).status).toBe(200);
      expect(await callApi(place, "entries", entries)).toMatchObject({ accepted: 1 });
    } finally {
      await guarded.close();
    }
  });

  it("is refused when one address does it too often, and so is everything else", async () => {
    const slow = await startTestServer({
      limits: { registrationsPerMinute: 2, requestsPerMinute: 6 },
    });
    try {
      await slow.found();
      await slow.found();
      await expect(slow.found()).rejects.toThrow("too-many");
      const place = { ...(await offline()), origin: slow.origin };
      const ask = (): Promise<unknown> =>
        callApi(place, "challenge", { key: place.owner.publicKey });
      for (let i = 0; i < 3; i++) await expect(ask()).rejects.toThrow("workspace-unknown");
      await expect(ask()).rejects.toThrow("too-many");
    } finally {
      await slow.close();
    }
  });
});

describe("a request that makes no sense", () => {
  const post = (path: string, body: string): Promise<Response> =>
    fetch(`${server.origin}${path}`, { method: "POST", body });

  it("gets a code, never a stack or a page", async () => {
    const { workspace } = await server.found();
    const cases: [string, string, number, string][] = [
      [`/w/${workspace}/entries`, "{", 400, "not-json"],
      [`/w/${workspace}/entries`, "[]", 400, "not-json"],
      [`/w/${workspace}/entries`, "{}", 400, "no-entries"],
      [`/w/${workspace}/challenge`, `{"key":"short"}`, 400, "no-key"],
      [`/w/${workspace}/token`, "{}", 400, "malformed"],
      [`/w/${workspace}/entries`, "x".repeat(5 * 1024 * 1024), 413, "too-big"],
    ];
    for (const [path, body, status, error] of cases) {
      const response = await post(path, body);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
        status,
        error,
      ]);
    }
    expect((await post(`/w/${workspace}/nonsense`, "")).status).toBe(405);
    expect((await post("/w/short/entries", "")).status).toBe(405);
    expect(server.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});
