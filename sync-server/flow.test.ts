import { describe, expect, it } from "vitest";
import { flowOf } from "./flow.ts";
import { limits } from "./limits.ts";
import { until } from "./testing/testServer.ts";

describe("a socket over its rate", () => {
  it("is read slower, and nothing of it is lost", async () => {
    let now = 0;
    const log: string[] = [];
    const socket = { pause: () => log.push("pause"), resume: () => log.push("resume") };
    const flow = flowOf(socket, () => now);
    for (let i = 0; i < limits.messageBurst; i++) flow.count();
    expect(log).toEqual([]);
    flow.count();
    expect(log).toEqual(["pause"]);
    await until(() => log.length === 2);
    now += 1000;
    for (let i = 0; i < limits.messagesPerSecond - 1; i++) flow.count();
    expect(log).toEqual(["pause", "resume"]);
    flow.end();
  });

  it("is not read while too much of it is on its way to the disk", () => {
    const log: string[] = [];
    const flow = flowOf({ pause: () => log.push("pause"), resume: () => log.push("resume") });
    flow.hold(limits.heldBytes + 1);
    flow.release(1);
    expect(log).toEqual(["pause", "resume"]);
    flow.end();
  });
});
