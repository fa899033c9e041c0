import { expect, it } from "vitest";
import type { MemberId } from "../base/ids.ts";
import { parsePresence, presentMembers } from "./presence.ts";

it("takes no presence without a member and a name, and cuts endless words", () => {
  expect(parsePresence(null)).toBeUndefined();
  expect(parsePresence({ name: "Jun" })).toBeUndefined();
  expect(parsePresence({ member: "a", name: "x".repeat(10_000) })?.name).toHaveLength(120);
});

it("leaves out a place or a running cell that does not parse, and keeps the person", () => {
  expect(parsePresence({ member: "a", name: "Jun", at: { page: 3 }, running: "now" })).toEqual({
    member: "a",
    name: "Jun",
  });
});

it("lists a person with two tabs once, the one that is running before the other, and me first", () => {
  const running = { cell: "c", device: "CPU", since: 1 };
  const states = [
    { member: "b", name: "Ada" },
    { member: "me", name: "Mira" },
    { member: "b", name: "Ada", running },
    "junk",
  ];
  expect(presentMembers(states, "me" as MemberId)).toEqual([
    { member: "me", name: "Mira" },
    { member: "b", name: "Ada", running },
  ]);
});
