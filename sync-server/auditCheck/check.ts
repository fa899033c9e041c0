/**
 * Verifies audit logs where they lie: in a data folder, also while a server uses it, or in a file that an owner
 * downloaded. Every stored record counts, also one that cannot be read.
 */
import Database from "better-sqlite3";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDigest } from "../../lib/base/ids.ts";
import { asRecord, asString } from "../../lib/base/json.ts";
import {
  type AuditBreak,
  type AuditEnd,
  type AuditRecord,
  checkSeen,
  parseAuditRecord,
  verifyAudit,
} from "../../lib/governance/audit.ts";

/** A sentence for whoever asked: there is nothing that could be verified. */
export class CheckProblem extends Error {}

export interface Checked {
  readonly workspace: string;
  readonly count: number;
  /** Undefined where the chain is broken. */
  readonly end: AuditEnd | undefined;
  readonly broken: AuditBreak | undefined;
  /** What was seen of this log once was compared with it. */
  readonly compared: boolean;
}

/** `texts`: the records as they are stored, in their order. */
export function checkLog(workspace: string, texts: readonly string[], seen?: AuditEnd): Checked {
  const records: AuditRecord[] = [];
  for (const [i, text] of texts.entries()) {
    const record = parseRecord(text);
    // Unreadable, it says nothing of what it said: what comes before it may be sound.
    if (!record) {
      const before = verifyAudit(workspace, records);
      const broken: AuditBreak = before.ok
        ? { why: "changed", seq: (records.at(-1)?.seq ?? i) + 1 }
        : before.broken;
      return { workspace, count: texts.length, end: undefined, broken, compared: false };
    }
    records.push(record);
  }
  const verdict = verifyAudit(workspace, records);
  if (!verdict.ok)
    return {
      workspace,
      count: texts.length,
      end: undefined,
      broken: verdict.broken,
      compared: false,
    };
  const broken = seen && checkSeen(records, seen);
  const end = broken ? undefined : verdict.end;
  return { workspace, count: texts.length, end, broken, compared: seen !== undefined };
}

/** Every workspace's log in a data folder. `seen`: by workspace. Throws CheckProblem. */
export function checkFolder(data: string, seen: ReadonlyMap<string, AuditEnd>): Checked[] {
  const path = join(data, "ensemble.sqlite");
  if (!existsSync(path)) throw new CheckProblem(`There is no data of a server in ${data}.`);
  let db: Database.Database;
  try {
    db = new Database(path, { readonly: true, timeout: 5000 });
  } catch (error) {
    throw new CheckProblem(`${path} cannot be read: ${(error as Error).message}.`);
  }
  try {
    const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit'").pluck().get();
    if (known === undefined) return missing(seen);
    const workspaces = db
      .prepare<[], string>("SELECT DISTINCT workspace FROM audit ORDER BY workspace")
      .pluck()
      .all();
    const bodies = db
      .prepare<[string], string>("SELECT body FROM audit WHERE workspace = ? ORDER BY seq")
      .pluck();
    const found = workspaces.map((one) => checkLog(one, bodies.all(one), seen.get(one)));
    const gone = [...seen].filter(([one]) => !workspaces.includes(one));
    return [...found, ...missing(new Map(gone))];
  } finally {
    db.close();
  }
}

/** A downloaded file: one record a line, of one workspace. Throws CheckProblem. */
export function checkFile(path: string, seen: ReadonlyMap<string, AuditEnd>): Checked {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CheckProblem(`${path} cannot be read.`);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const workspace = lines
    .map((line) => parseRecord(line)?.workspace)
    .find((one) => one !== undefined);
  if (workspace === undefined)
    throw new CheckProblem(`${path} is no audit log: there is no record in it.`);
  return checkLog(workspace, lines, seen.get(workspace));
}

/** "<workspace>:<number>:<hash>", as the command prints it; undefined where it is none. */
export function parseSeen(text: string): readonly [string, AuditEnd] | undefined {
  const [workspace = "", seq = "", hash = "", ...rest] = text.split(":");
  if (!/^[a-z2-7]{26}$/.test(workspace) || !/^\d+$/.test(seq) || !isDigest(hash)) return undefined;
  return rest.length === 0 ? [workspace, { seq: Number(seq), hash }] : undefined;
}

/** A log that was seen once and is not there at all. */
function missing(seen: ReadonlyMap<string, AuditEnd>): Checked[] {
  return [...seen].map(([workspace, { seq }]) => ({
    workspace,
    count: 0,
    end: undefined,
    broken: { why: "shorter", seq },
    compared: true,
  }));
}

function parseRecord(text: string): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return asString(asRecord(value)?.["workspace"]) === undefined
      ? undefined
      : parseAuditRecord(value);
  } catch {
    return undefined;
  }
}
