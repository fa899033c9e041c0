import { afterEach, beforeEach, expect, it } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foundWorkspace, newDevice } from "../lib/testing/foundedWorkspace.ts";
import { openMembershipLogs } from "./membershipLogs.ts";
import type { Store } from "./stores/store.ts";
import { openLocalStore } from "./testing/localStore.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ensemble-logs-"));
  store = await openLocalStore(join(folder, "data.sqlite"));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

it("judges entries again by what another node appended meanwhile", async () => {
  const founded = await foundWorkspace(Date.now);
  const { workspace } = founded;
  const invite = await founded.invite("editor", 1);
  const [here, there] = [openMembershipLogs(store), openMembershipLogs(store)];
  await here.add(workspace, founded.log);
  await there.current(workspace);
  const before = founded.membership;
  const joins = [];
  for (let i = 0; i < 2; i++) {
    founded.membership = before;
    await founded.join(await newDevice(), invite);
    joins.push(founded.log.at(-1));
  }
  const [first, second] = await Promise.all([
    here.add(workspace, [joins[0]]),
    there.add(workspace, [joins[1]]),
  ]);
  expect([first, second].map(({ accepted }) => accepted).sort()).toEqual([0, 1]);
  const [refused] = [...first.refused, ...second.refused];
  expect(refused?.reason).toBe("invite-used-up");
  expect(await store.entries(workspace)).toHaveLength(founded.log.length - 1);
  expect((await here.reread(workspace)).seen).toEqual((await there.reread(workspace)).seen);
});
