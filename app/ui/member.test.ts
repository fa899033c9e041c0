import fc from "fast-check";
import { expect, it } from "vitest";
import { firstName, initials, memberClass } from "./member.ts";

it("gives every key one of eight colours, always the same, and uses them all", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.string(), (member) => {
      expect(memberClass(member)).toMatch(/^m[1-8]$/);
      expect(memberClass(member)).toBe(memberClass(member));
      seen.add(memberClass(member));
    }),
    { numRuns: 300 },
  );
  expect(seen.size).toBe(8);
});

it("makes initials of any name", () => {
  expect(["Mira Lang", "jun", "  ", "Ada van Oz", "🦊 fox"].map(initials)).toEqual([
    "ML",
    "J",
    "?",
    "AO",
    "🦊F",
  ]);
  expect(firstName("Mira Lang")).toBe("Mira");
});
