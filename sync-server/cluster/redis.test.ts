import { afterAll, beforeAll, expect, it } from "vitest";
import { describeBus } from "../bus/bus.contract.ts";
import type { Bus } from "../bus/bus.ts";
import { openRedisBus } from "../bus/redis.ts";
import { type Service, startRedis } from "../testing/services.ts";
import { until } from "../testing/testServer.ts";

let redis: Service;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

let servers = 0;
const connectTo = async (
  name: string,
  told: (connected: boolean) => void = () => undefined,
): Promise<Bus> => {
  const bus = openRedisBus(redis.url, name, told);
  await until(() => bus.connected, "the bus is connected");
  return bus;
};

describeBus("the bus in Redis", () => {
  const name = `server${servers++}`;
  return Promise.resolve({ connect: () => connectTo(name), clean: () => Promise.resolve() });
});

it("keeps servers of different names apart", async () => {
  const [mine, theirs] = [await connectTo("mine"), await connectTo("theirs")];
  expect(await mine.claim("nonce", 60_000)).toBe(true);
  expect(await theirs.claim("nonce", 60_000)).toBe(true);
  await Promise.all([mine.close(), theirs.close()]);
});

it("comes back by itself when Redis was killed and started empty, and says so", async () => {
  const told: boolean[] = [];
  const returned: string[] = [];
  const [here, there] = [
    await connectTo("back", (state) => told.push(state)),
    await connectTo("back"),
  ];
  here.onReturn(() => returned.push("here"));
  const seqs: number[] = [];
  const listener = {
    committed: (all: readonly { seq: number }[]) => void seqs.push(...all.map(({ seq }) => seq)),
    standsAt: () => undefined,
    presence: () => undefined,
    asked: () => undefined,
    deleted: () => undefined,
  };
  await here.join("w/a", listener);
  const other = await there.join("w/a", listener);
  await redis.kill();
  await until(() => !here.connected && !there.connected);
  other.commit({ seq: 1, update: Uint8Array.of(1) });
  // Rooms open all the same, and what may happen once happens once on this node.
  const later = await here.join("w/b", listener);
  expect([await here.claim("nonce", 60_000), await here.claim("nonce", 60_000)]).toEqual([
    true,
    false,
  ]);
  await redis.start();
  await until(() => here.connected && there.connected);
  const late = await there.join("w/b", listener);
  other.commit({ seq: 2, update: Uint8Array.of(2) });
  late.commit({ seq: 3, update: Uint8Array.of(3) });
  later.commit({ seq: 4, update: Uint8Array.of(4) });
  await until(() => seqs.length === 3);
  expect(seqs.sort()).toEqual([2, 3, 4]);
  expect(told).toEqual([true, false, true]);
  expect(returned).toEqual(["here"]);
  await Promise.all([here.close(), there.close()]);
});

it("opens without Redis, and says that it is away", async () => {
  const told: boolean[] = [];
  const bus = openRedisBus("redis://127.0.0.1:1", "nowhere", (state) => told.push(state));
  await until(() => told.length === 1);
  expect([told, bus.connected]).toEqual([[false], false]);
  await bus.close();
});
