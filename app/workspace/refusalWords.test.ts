import { describe, expect, it } from "vitest";
import { REFUSALS, closeReason, parseCloseReason } from "../../lib/sync/refusals.ts";
import type { Connection } from "../../lib/workspace/session.ts";
import { connectionWords } from "./connectionWords.ts";
import { refusalWords } from "./refusalWords.ts";

/** What a person may go over without meaning to. */
const LIMITS: ReadonlyMap<string, RegExp> = new Map([
  ["frame-too-big", /34.6 MB/],
  ["room-too-big", /34.6 MB/],
  ["presence-too-big", /34.6 MB/],
  ["too-big", /34.6 MB/],
  ["too-slow", /34.6 MB/],
  ["too-many-reports", /34,603,008/],
  ["log-full", /34,603,008 entries/],
  ["quota-exceeded", /34.6 MB/],
  ["too-many-sockets", /34,603,008/],
  ["too-many-rooms", /34,603,008/],
  ["too-many", /34,603,008 requests a minute/],
  ["too-many-workspaces", /34,603,008 a minute/],
]);

describe.each(REFUSALS)("the refusal %s", (code) => {
  it("is said as what happened and what to do, in whole sentences", () => {
    const [what, toDo] = refusalWords({ code });
    for (const sentence of [what, toDo]) expect(sentence).toMatch(/^[A-Z].{15,}[.]$/);
    expect(what).not.toMatch(/undefined|NaN/);
  });

  it("names the limit wherever one was gone over, as it came in the close's reason", () => {
    const refusal = parseCloseReason(closeReason(code, 34_603_008));
    expect(refusal).toEqual({ code, limit: 34_603_008 });
    expect(Buffer.byteLength(closeReason(code, Number.MAX_SAFE_INTEGER))).toBeLessThan(124);
    expect(refusalWords(refusal)[0]).toMatch(LIMITS.get(code) ?? /./);
  });

  it("is behind the status, whether it is for good or passes", () => {
    const [what, toDo] = refusalWords({ code });
    const refused: Connection = { kind: "refused", reason: code };
    expect(connectionWords(refused)).toEqual({
      word: "Offline",
      details: [what, toDo],
      trouble: true,
    });
    const passing: Connection = { kind: "saving", pending: 3, notice: { code } };
    const words = connectionWords(passing);
    expect(words.word).toBe("Saving");
    expect(words.details.slice(0, 2)).toEqual([what, toDo]);
    expect(words.details[2]).toContain("3 changes");
  });
});

it("says a code of a newer server as it is, and what becomes of one's work", () => {
  expect(refusalWords({ code: "moon-phase" })[0]).toMatch(/moon-phase.*kept on this device/);
  expect(parseCloseReason("")).toEqual({ code: "" });
  expect(parseCloseReason("too-slow lots")).toEqual({ code: "too-slow" });
});

it("raises no alarm over a server that starts anew, nor where nothing was refused", () => {
  const away: Connection = { kind: "offline", pending: 0, notice: { code: "going-away" } };
  expect(connectionWords(away).trouble).toBe(false);
  expect(connectionWords({ kind: "saved" }).trouble).toBe(false);
  expect(connectionWords({ kind: "saved", notice: { code: "too-slow" } }).trouble).toBe(true);
});
