import { expect, it } from "vitest";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { localHub } from "./bus/local.ts";
import { challenges } from "./challenges.ts";
import { limits } from "./limits.ts";

const workspace = "a".repeat(26) as WorkspaceId;
const secret = new Uint8Array(32).fill(7);

it("are good on every node that shares the secret, for one workspace, one key and some time, once", async () => {
  const connect = localHub();
  let at = 1_000_000;
  const [here, there] = [connect(), connect()].map((bus) => challenges(secret, bus, () => at));
  const nonce = here!.make(workspace, "mira");
  expect(there!.isGood(nonce, workspace, "mira")).toBe(true);
  expect(there!.isGood(nonce, workspace, "jun")).toBe(false);
  expect(there!.isGood(nonce, "b".repeat(26) as WorkspaceId, "mira")).toBe(false);
  const [random, until, signature] = nonce.split(".");
  const later = (parseInt(until ?? "", 36) + 60_000).toString(36);
  for (const forged of ["", "..", "a.b.c", `${random}.${later}.${signature}`])
    expect(there!.isGood(forged, workspace, "mira")).toBe(false);
  const stranger = challenges(new Uint8Array(32), connect(), () => at);
  expect(there!.isGood(stranger.make(workspace, "mira"), workspace, "mira")).toBe(false);
  const used = await Promise.all([here!.use(nonce), there!.use(nonce), there!.use(nonce)]);
  expect(used.filter((first) => first)).toHaveLength(1);
  at += limits.challengeMs + 1;
  expect(there!.isGood(nonce, workspace, "mira")).toBe(false);
});
