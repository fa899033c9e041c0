import { expect, it } from "vitest";
import { limits } from "./limits.ts";
import { RoomLog } from "./roomLog.ts";
import type { Store } from "./stores/store.ts";

it("tries a fold that fails again when the log is half as long again, not at each update", async () => {
  let seq = 0;
  let tries = 0;
  let well = false;
  const store: Pick<Store, "append" | "compact"> = {
    append: () => Promise.resolve(++seq),
    compact: () => {
      tries++;
      return well ? Promise.resolve(100) : Promise.reject(new Error("no thread"));
    },
  };
  const log = new RoomLog("w/notebook/n", store as Store, {
    snapshot: undefined,
    updates: [],
    upTo: 0,
    deleted: false,
  });
  const grow = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await log.append(new Uint8Array(20));
    await log.settle();
  };
  await grow(limits.foldUpdates * 8);
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(8); // 8 = 1.5 to the power of 5.1
  well = true;
  await grow(limits.foldUpdates * 5);
  expect(log.bytes).toBeLessThan(limits.foldUpdates * 20);
});
