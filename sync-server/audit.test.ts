import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyAudit } from "../lib/governance/audit.ts";
import { type Place, deliverEntries, signIn } from "../lib/platform/node/client.ts";
import { newDevice } from "../lib/testing/foundedWorkspace.ts";
import type { Signer } from "../lib/workspace/signatures.ts";
import type { AuditPage } from "./auditLog.ts";
import { limits } from "./limits.ts";
import { type TestServer, startTestServer } from "./testing/testServer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function ask(
  place: Place,
  who: Signer,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const { token } = await signIn(place, who);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return fetch(`${place.origin}/w/${place.workspace}/${path}`, { ...init, headers });
}

async function readAudit(place: Place, who: Signer, after = 0): Promise<AuditPage> {
  return (await (await ask(place, who, `audit?after=${after}`)).json()) as AuditPage;
}

const report = (n: number, more: object = {}): object => ({
  kind: "import",
  what: "dataset",
  id: "aaaaaaaaaaaaaaaa",
  name: "penguins",
  report: `report-number-${String(n).padStart(6, "0")}`,
  at: 5,
  ...more,
});

const tell = (place: Place, who: Signer, reports: readonly unknown[]): Promise<Response> =>
  ask(place, who, "audit", { method: "POST", body: JSON.stringify({ reports }) });

it("writes down what membership entries do, what members report, what is deleted, and counts refusals", async () => {
  const place = await server.found();
  const jun = await place.member("editor");
  await deliverEntries(place, place.log);
  const stranger = await newDevice();
  for (let i = 0; i < 3; i++) await expect(signIn(place, stranger)).rejects.toThrow("not-a-member");
  expect(await (await tell(place, jun, [report(1), report(2, { kind: "export" })])).json()).toEqual(
    {
      taken: 2,
    },
  );
  await ask(place, jun, "rooms/notebook/aaaaaaaaaaaaaaaa", { method: "DELETE" });
  const { records, more } = await readAudit(place, place.owner);
  expect(more).toBe(false);
  expect(records.map(({ kind, name }) => `${kind} ${name}`.trim())).toEqual([
    "found Mira",
    "invite Mira",
    "join Jun",
    "refusals",
    "import Jun",
    "export Jun",
    "delete Jun",
  ]);
  expect(records[3]?.facts).toEqual({ count: 3 });
  expect(verifyAudit(place.workspace, records)).toMatchObject({ ok: true });
  expect(await readAudit(place, place.owner, 5)).toEqual({
    records: records.slice(5),
    more: false,
  });
  await server.restart();
  expect((await readAudit(place, place.owner)).records).toEqual(records);
});

it("is read by owners alone, and told by members alone", async () => {
  const place = await server.found();
  const jun = await place.member("viewer");
  await deliverEntries(place, place.log);
  expect((await ask(place, jun, "audit")).status).toBe(403);
  expect((await tell(place, jun, [report(1)])).status).toBe(200);
  const nobody = { method: "POST", body: JSON.stringify({ reports: [report(2)] }) };
  expect((await fetch(`${place.origin}/w/${place.workspace}/audit`, nobody)).status).toBe(401);
});

it("takes a report once, and none that is malformed, endless or too often", async () => {
  const place = await server.found();
  await tell(place, place.owner, [report(1), report(1)]);
  await tell(place, place.owner, [report(1)]);
  const junk = [
    null,
    7,
    report(2, { kind: "party" }),
    report(3, { report: "x" }),
    report(4, { id: "x".repeat(65) }),
  ];
  expect(await (await tell(place, place.owner, junk)).json()).toEqual({ taken: 0 });
  await tell(place, place.owner, [report(5, { name: "n".repeat(300), at: 1e15 })]);
  const { records } = await readAudit(place, place.owner);
  expect(records.map(({ kind }) => kind)).toEqual(["found", "import", "import"]);
  expect(records[2]?.facts["called"]).toHaveLength(200);
  expect((await tell(place, place.owner, Array(101).fill(report(6)))).status).toBe(400);
  const many = Array.from({ length: limits.reportsPerMinute }, () => tell(place, place.owner, []));
  const said = (await Promise.all(many)).map(({ status }) => status);
  expect(said).toContain(429);
});
