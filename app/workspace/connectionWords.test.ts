import { expect, it } from "vitest";
import type { Uploads } from "../../lib/workspace/session.ts";
import { type ConnectionWords, connectionWords } from "./connectionWords.ts";

const saving = (pending: number, uploads?: Uploads): ConnectionWords =>
  connectionWords({ kind: "saving", pending, ...(uploads ? { uploads } : {}) });
const MB = 1e6;

it("says how many changes and how much of datasets, models and outputs is on its way", () => {
  expect(saving(1).details[0]).toMatch(/^1 change is on the way/);
  expect(saving(3).details[0]).toMatch(/^3 changes are on the way/);
  expect(saving(0).details[0]).toMatch(/^Changes are on the way/);
  const uploads = { chunks: 94, sent: 120 * MB, total: 512 * MB };
  expect(saving(97, uploads).details[0]).toMatch(/^3 changes and 120 of 512 MB are on the way/);
  expect(saving(94, uploads).details[0]).toMatch(/^120 of 512 MB are on the way/);
  expect(saving(95, { ...uploads, sent: 0 }).details[0]).toMatch(/^1 change and 512 MB are on/);
  expect(saving(1, { chunks: 1, sent: 900_000, total: 2 * MB }).details[0]).toMatch(
    /^900 kB of 2 MB are/,
  );
  expect(connectionWords({ kind: "offline", pending: 95, uploads }).details[0]).toMatch(
    /1 change and 120 of 512 MB are kept on this device/,
  );
  expect(saving(97, uploads).trouble).toBe(false);
});

it("says of a full store what stays here, that everything else is saved, and what to do", () => {
  const full = { used: 10_000 * MB, limit: 10_000 * MB };
  const words = saving(10, { chunks: 10, sent: 0, total: 40 * MB, full });
  expect(words.trouble).toBe(true);
  expect(words.details.join(" ")).toMatch(
    /store on the server is full \(10 GB\)\. 40 MB .* stay on this device.* Everything else goes on being saved\. Ask whoever runs the server/,
  );
  const more = saving(12, { chunks: 10, sent: 0, total: 40 * MB, full });
  expect(more.details[0]).toBe("2 changes are on the way to the server.");
});

it("says of what was damaged before it was sent how it comes back", () => {
  const words = saving(1, { chunks: 1, sent: 0, total: MB, damaged: 1 });
  expect(words.trouble).toBe(true);
  expect(words.details.at(-1)).toMatch(/damaged on this device.*Import it again/);
});
