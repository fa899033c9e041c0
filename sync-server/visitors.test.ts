import { createServer, get as httpGet, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { type Place, callApi, deliverEntries, signIn } from "../lib/platform/node/client.ts";
import { newDevice } from "../lib/testing/foundedWorkspace.ts";
import { openRawSocket } from "./testing/rawSocket.ts";
import { parseSettings } from "./settings.ts";
import { startTestServer } from "./testing/testServer.ts";
import { knowVisitors } from "./visitors.ts";

/** What is read off a request that arrives with these headers. */
async function arriving<T>(
  headers: Record<string, string | string[]>,
  read: (request: IncomingMessage) => T,
): Promise<T> {
  let found: { readonly value: T } | undefined;
  const server = createServer((request, response) => {
    found = { value: read(request) };
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => httpGet({ port, host: "127.0.0.1", headers }, resolve));
  server.close();
  return found!.value;
}

describe("the address that limits count", () => {
  const near = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
  const cases: readonly [string, readonly string[], string, string][] = [
    ["is the socket's where no proxy is named", [], "9.9.9.9", "127.0.0.1"],
    ["is the last hop that is no proxy", near, "1.1.1.1, 2.2.2.2, 10.1.2.3", "2.2.2.2"],
    ["may come with a port", near, "2.2.2.2:5555", "2.2.2.2"],
    [
      "is IPv4 as IPv4, and the network of IPv6",
      near,
      "2001:db8:1:2:3::4, fd00::1",
      "2001:db8:1:2",
    ],
    ["is the proxy's own where what it says is nothing", near, "2.2.2.2, unknown", "127.0.0.1"],
  ];
  for (const [title, trustedProxies, said, expected] of cases)
    it(title, async () => {
      const visitors = knowVisitors({ trustHeader: undefined, trustedProxies });
      const headers = { "x-forwarded-for": said };
      expect(await arriving(headers, (one) => visitors.addressOf(one))).toBe(expected);
      expect(await arriving(headers, (one) => visitors.signedInAs(one))).toBe("");
    });
});

describe("the identity that a proxy gives", () => {
  const trusting = knowVisitors({ trustHeader: "X-Forwarded-User", trustedProxies: ["127.0.0.1"] });
  const far = knowVisitors({ trustHeader: "X-Forwarded-User", trustedProxies: ["10.0.0.1"] });

  it("counts from a proxy that is named, once, and of sane length", async () => {
    const said = (name: string | string[], visitors = trusting): Promise<string | undefined> =>
      arriving({ "x-forwarded-user": name }, (one) => visitors.signedInAs(one));
    expect(await said("mira@example.org")).toBe("mira@example.org");
    expect(await said("mira@example.org", far)).toBeUndefined();
    for (const wrong of ["", "x".repeat(201), "eve, mira", ["eve", "mira"]])
      expect(await said(wrong)).toBeUndefined();
    expect(await arriving({}, (one) => trusting.signedInAs(one))).toBeUndefined();
  });
});

it("is off unless it is configured with addresses that are some", () => {
  const read = (...args: string[]): unknown => {
    const parsed = parseSettings(args, {});
    return parsed.kind === "settings"
      ? [parsed.settings.trustHeader, parsed.settings.trustedProxies]
      : parsed;
  };
  expect(read()).toEqual([undefined, []]);
  expect(read("--trust-header", "X-User", "--trusted-proxies", "10.0.0.0/8, ::1")).toEqual([
    "X-User",
    ["10.0.0.0/8", "::1"],
  ]);
  for (const wrong of ["10.0.0.0/33", "proxy.example.org", "10.0.0.0/8/8", "::1/129"])
    expect(read("--trusted-proxies", wrong)).toMatchObject({ kind: "wrong" });
  expect(read("--trust-header", "X-User")).toMatchObject({ kind: "wrong" });
});

describe("a server behind a proxy that says who people are", () => {
  /** As through the proxy: with its header on every request. */
  async function as<T>(identity: string, how: () => Promise<T>): Promise<T> {
    const before = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      before(url, { ...init, headers: { ...init?.headers, "x-forwarded-user": identity } });
    try {
      return await how();
    } finally {
      globalThis.fetch = before;
    }
  }
  const get = async (place: Place, path: string, token = ""): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${place.origin}/w/${place.workspace}/${path}`, { headers });
    return (await response.json()) as Record<string, unknown>;
  };
  const settings = { trustHeader: "X-Forwarded-User", trustedProxies: ["127.0.0.1"] };

  it("answers nobody whom the proxy does not name, and says why in words", async () => {
    const server = await startTestServer({ settings });
    const place = await as("mira@example.org", () => server.found());
    const answer = await fetch(`${place.origin}/w/${place.workspace}/entries`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      error: "not-signed-in",
      words: expect.stringContaining("sign in there") as string,
    });
    const { token } = await as("mira@example.org", () => signIn(place, place.owner));
    const { ws } = openRawSocket(place, "index", token);
    const status = await new Promise((resolve) =>
      ws.on("unexpected-response", (_, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(401);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
    await server.close();
  });

  it("tells members who stands behind each device, and writes it into the audit log", async () => {
    const server = await startTestServer({ settings });
    const place = await as("mira@example.org", () => server.found());
    const { token } = await as("mira@work.example", () => signIn(place, place.owner));
    const people = await as("mira@work.example", () => get(place, "people", token));
    expect(people).toEqual({
      proxy: true,
      signedInAs: "mira@work.example",
      devices: { [place.owner.publicKey]: "mira@work.example" },
    });
    const { records } = (await as("x@example.org", () => get(place, "audit", token))) as {
      records: { kind: string; signedInAs: string }[];
    };
    expect(records.map(({ kind, signedInAs }) => `${kind} ${signedInAs}`)).toEqual([
      "found mira@example.org",
      "signed-in mira@work.example",
    ]);
    await server.close();
  });

  it("lets people join a workspace that is open, and none where no proxy vouches for them", async () => {
    const server = await startTestServer({ settings });
    const plain = await startTestServer();
    const jun = await newDevice();
    await as("mira@example.org", async () => {
      const place = await server.found();
      expect(await get(place, "open")).toEqual({ role: "nobody", signedInAs: "mira@example.org" });
      await place.add(place.owner, { kind: "open", role: "viewer" });
      await deliverEntries(place, place.log);
      expect(await get(place, "open")).toMatchObject({ role: "viewer" });
      await place.add(jun, { kind: "open-join", name: "Jun" });
      await deliverEntries(place, place.log);
      expect((await signIn(place, jun)).role).toBe("viewer");

      const elsewhere = await plain.found();
      await elsewhere.add(elsewhere.owner, { kind: "open", role: "viewer" });
      await deliverEntries(elsewhere, elsewhere.log);
      expect(await get(elsewhere, "open")).toEqual({ role: "nobody", signedInAs: "" });
      await elsewhere.add(jun, { kind: "open-join", name: "Jun" });
      expect(await callApi(elsewhere, "entries", { entries: elsewhere.log.slice(-1) })).toEqual({
        accepted: 0,
        refused: [{ index: 0, reason: "not-open" }],
      });
    });
    await Promise.all([server.close(), plain.close()]);
  });
});
