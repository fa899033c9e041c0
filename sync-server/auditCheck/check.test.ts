import Database from "better-sqlite3";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AuditEnd } from "../../lib/governance/audit.ts";
import { openLocalStore } from "../testing/localStore.ts";
import { CheckProblem, checkFile, checkFolder, parseSeen } from "./check.ts";

const W = "abcdefghijklmnopqrstuvwxyz";
const V = "bbcdefghijklmnopqrstuvwxyz";
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ensemble-audit-"));
  const store = await openLocalStore(join(folder, "ensemble.sqlite"));
  for (const workspace of [W, V])
    await store.appendAudit(
      workspace,
      Array.from({ length: 5 }, (_, i) => ({
        kind: "import" as const,
        id: `fact ${i}`,
        member: "m",
        name: "Mira",
        device: "d",
        signedInAs: "",
        facts: { what: "dataset", called: `table ${i}` },
      })),
    );
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tamper(sql: string): void {
  const db = new Database(join(folder, "ensemble.sqlite"));
  db.exec(sql);
  db.close();
}

const check = (seen: readonly (readonly [string, AuditEnd])[] = []): unknown[] =>
  checkFolder(folder, new Map(seen)).map(({ workspace, broken }) =>
    broken ? `${workspace[0]} ${broken.why} ${broken.seq}` : `${workspace[0]} ok`,
  );

it("finds every log of a folder whole, and says where each ends", () => {
  expect(check()).toEqual(["a ok", "b ok"]);
  const [first] = checkFolder(folder, new Map());
  expect(first).toMatchObject({ count: 5, end: { seq: 5 }, compared: false });
  const mark = parseSeen(`${W}:5:${first?.end?.hash}`);
  expect(mark).toEqual([W, first?.end]);
  expect(checkFolder(folder, new Map([mark!]))[0]).toMatchObject({
    compared: true,
    broken: undefined,
  });
  expect(parseSeen("x")).toBeUndefined();
});

it("finds a record that was changed, also beyond reading, in this log and no other", () => {
  tamper(`UPDATE audit SET body = replace(body, 'table 2', 'table 9') WHERE workspace = '${W}'`);
  expect(check()).toEqual(["a changed 3", "b ok"]);
  tamper(`UPDATE audit SET body = 'junk' WHERE workspace = '${V}' AND seq = 4`);
  expect(check()).toEqual(["a changed 3", "b changed 4"]);
});

it("finds a record that was taken out, and two that changed places", () => {
  tamper(`DELETE FROM audit WHERE workspace = '${W}' AND seq = 2`);
  expect(check()).toEqual(["a missing 2", "b ok"]);
  tamper(`UPDATE audit SET seq = seq + 10 WHERE workspace = '${V}' AND seq = 2`);
  expect(check()).toEqual(["a missing 2", "b missing 2"]);
});

it("finds an end that was cut off by what was seen before, and by nothing else", () => {
  const end = checkFolder(folder, new Map()).map((one) => [one.workspace, one.end!] as const);
  tamper(`DELETE FROM audit WHERE workspace = '${W}' AND seq > 3`);
  expect(check()).toEqual(["a ok", "b ok"]);
  expect(check(end)).toEqual(["a shorter 5", "b ok"]);
  tamper(`DELETE FROM audit WHERE workspace = '${W}'`);
  expect(check()).toEqual(["b ok"]);
  expect(check(end)).toEqual(["b ok", "a shorter 5"]);
});

it("verifies a downloaded file, and says what is none", async () => {
  const store = await openLocalStore(join(folder, "ensemble.sqlite"));
  const lines = (await store.audit(W, 0, 10)).map((record) => `${JSON.stringify(record)}\n`);
  await store.close();
  const path = join(folder, "audit.jsonl");
  const write = (all: readonly string[]): void => writeFileSync(path, all.join(""));
  write(lines);
  expect(checkFile(path, new Map())).toMatchObject({ workspace: W, count: 5, broken: undefined });
  write(lines.toSpliced(1, 1));
  expect(checkFile(path, new Map()).broken).toEqual({ why: "missing", seq: 2 });
  write(["hello\n"]);
  expect(() => checkFile(path, new Map())).toThrow(CheckProblem);
  expect(() => checkFile(join(folder, "nowhere"), new Map())).toThrow(CheckProblem);
  expect(() => checkFolder(join(folder, "nowhere"), new Map())).toThrow(CheckProblem);
});
