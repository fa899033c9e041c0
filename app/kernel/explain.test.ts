/** No code and no object reaches a cell: whatever fails is told in words. */
import { expect, it } from "vitest";
import { AppError } from "../../lib/base/errors.ts";
import { parseRunRequest } from "../../lib/runs/requests.ts";
import { explainToCell } from "./explain.ts";

it.each(["request-malformed", "runs-request", "blob-missing", "not-a-member", "no-storage", "new"])(
  "tells %s in whole sentences",
  (code) => {
    const words = explainToCell(new AppError({ code }));
    expect(words).toMatch(/^[A-Z].+ .+\.$/);
    expect(words).not.toBe(code);
  },
);

it("tells what a capability's own refusal means", () => {
  let thrown: unknown;
  try {
    parseRunRequest({ kind: "nothing" });
  } catch (error) {
    thrown = error;
  }
  expect(explainToCell(thrown)).toContain("cannot read");
});

it("names a full disk, however deep it lies", () => {
  const full = new DOMException("", "QuotaExceededError");
  expect(explainToCell(new AppError({ code: "no-storage" }, full))).toMatch(/disk space/);
});

it("passes on words that were meant for people", () => {
  expect(explainToCell(new Error("This cell has 100 runs open."))).toBe(
    "This cell has 100 runs open.",
  );
});
