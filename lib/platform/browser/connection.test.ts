import { expect, it } from "vitest";
import { type ConnectionFacts, connectionOf } from "./connection.ts";

const facts: ConnectionFacts = {
  link: { kind: "online" },
  refusal: undefined,
  notice: undefined,
  mayWrite: true,
  overlaid: false,
  pending: 0,
  unkept: 0,
  uploads: { chunks: 0, sent: 0, total: 0 },
};

it("says saved only when the server has been met and nothing waits", () => {
  expect(connectionOf(facts)).toEqual({ kind: "saved" });
  expect(connectionOf({ ...facts, pending: 2 })).toEqual({ kind: "saving", pending: 2 });
  expect(connectionOf({ ...facts, link: { kind: "connecting" } }).kind).toBe("saving");
  expect(connectionOf({ ...facts, link: { kind: "offline" }, pending: 3 })).toEqual({
    kind: "offline",
    pending: 3,
  });
});

it("says what of the blobs is on its way, while some are", () => {
  const uploads = { chunks: 2, sent: 100, total: 300 };
  const some = { ...facts, pending: 5, uploads };
  expect(connectionOf(some)).toEqual({ kind: "saving", pending: 5, uploads });
  const link = { kind: "offline" } as const;
  expect(connectionOf({ ...some, link })).toEqual({ kind: "offline", pending: 5, uploads });
});

it("says read only to whoever's changes stay in their tab", () => {
  expect(connectionOf({ ...facts, mayWrite: false })).toEqual({ kind: "read-only" });
  expect(connectionOf({ ...facts, overlaid: true })).toEqual({ kind: "read-only" });
});

it("says why it is refused", () => {
  const link = { kind: "refused", reason: "not-a-member" } as const;
  expect(connectionOf({ ...facts, link })).toEqual({ kind: "refused", reason: "not-a-member" });
});

it("never says that it keeps what this browser's storage does not take", () => {
  for (const [link, kind] of [["online", "saving"] as const, ["offline", "offline"] as const])
    expect(connectionOf({ ...facts, link: { kind: link }, pending: 3, unkept: 2 })).toEqual({
      kind,
      pending: 3,
      unkept: 2,
    });
});
