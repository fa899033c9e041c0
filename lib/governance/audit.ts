/**
 * The audit log of a workspace: who did what and when, each record bound to the one before it by a hash, so
 * that what was changed, taken out or moved afterwards is found. That the end was cut off is found only by
 * somebody who remembers a later hash. Knows nothing of where it is kept.
 */
import { digestText } from "../base/digest.ts";
import { type Digest, isDigest } from "../base/ids.ts";
import { asNumber, asRecord, asString } from "../base/json.ts";

export const auditKinds = [
  "found",
  "join",
  "leave",
  "remove",
  "role",
  "transfer",
  "name",
  "invite",
  "withdraw",
  "open",
  "device",
  "device-remove",
  "recovery-key",
  "signed-in",
  "import",
  "delete",
  "restore",
  "export",
  "refusals",
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** What there is to say, before it has a place in the log. */
export interface AuditFact {
  readonly kind: AuditKind;
  /** Named once: a fact that comes again with the same id is the same fact. */
  readonly id: string;
  /** The member who did it, under the name of then; "" where nobody signed in. */
  readonly member: string;
  readonly name: string;
  /** The key of the device on which it was done. */
  readonly device: string;
  /** As whom a proxy in front of the server knows them; "" where there is none. */
  readonly signedInAs: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface AuditRecord extends AuditFact {
  readonly v: 1;
  readonly workspace: string;
  /** 1, 2, 3 … within the workspace. */
  readonly seq: number;
  /** When the server wrote it, by its clock, milliseconds since 1970. */
  readonly at: number;
  /** The hash of the record before; of the first, one that names the workspace. */
  readonly previous: Digest;
  readonly hash: Digest;
}

/** The last that is known of a log: what the next record is bound to. */
export interface AuditEnd {
  readonly seq: number;
  readonly hash: Digest;
}

export type AuditBreak =
  /** The record does not say what it said when it was written. */
  | { readonly why: "changed"; readonly seq: number }
  /** Records before this one are missing, or it stands in another's place. */
  | { readonly why: "missing"; readonly seq: number }
  /** It follows, but not from the one that stands before it. */
  | { readonly why: "cut-in"; readonly seq: number }
  /** The log ends before a record that was seen once. */
  | { readonly why: "shorter"; readonly seq: number }
  /** Where a record was seen, there is another now. */
  | { readonly why: "rewritten"; readonly seq: number };

export type AuditVerdict =
  | { readonly ok: true; readonly end: AuditEnd }
  | { readonly ok: false; readonly broken: AuditBreak };

/** What the first record of a workspace's log is bound to. */
export function auditStart(workspace: string): AuditEnd {
  return { seq: 0, hash: digestText(`ensemble audit\n${workspace}`) };
}

/** Gives the facts their places after `end`, in their order. */
export function chainAudit(
  workspace: string,
  end: AuditEnd,
  facts: readonly AuditFact[],
  at: number,
): AuditRecord[] {
  const records: AuditRecord[] = [];
  let last = end;
  for (const fact of facts) {
    const unsealed = {
      ...fact,
      v: 1 as const,
      workspace,
      seq: last.seq + 1,
      at,
      previous: last.hash,
    };
    const record = { ...unsealed, hash: hashOf(unsealed) };
    records.push(record);
    last = record;
  }
  return records;
}

/** Follows the chain from `from`; gives back its end, or the first place where it is broken. */
export function verifyAudit(
  workspace: string,
  records: readonly AuditRecord[],
  from: AuditEnd = auditStart(workspace),
): AuditVerdict {
  let last = from;
  for (const record of records) {
    const seq = last.seq + 1;
    if (record.workspace !== workspace || record.hash !== hashOf(record))
      return { ok: false, broken: { why: "changed", seq: record.seq } };
    if (record.seq !== seq) return { ok: false, broken: { why: "missing", seq } };
    if (record.previous !== last.hash) return { ok: false, broken: { why: "cut-in", seq } };
    last = { seq, hash: record.hash };
  }
  return { ok: true, end: last };
}

/** Does the log still hold what was seen of it once? Undefined where it does. */
export function checkSeen(records: readonly AuditRecord[], seen: AuditEnd): AuditBreak | undefined {
  if (seen.seq === 0) return undefined;
  const record = records.find(({ seq }) => seq === seen.seq);
  if (!record) return { why: "shorter", seq: seen.seq };
  return record.hash === seen.hash ? undefined : { why: "rewritten", seq: seen.seq };
}

/** A record from outside; undefined where it has another shape. Says nothing of its truth. */
export function parseAuditRecord(value: unknown): AuditRecord | undefined {
  const record = asRecord(value);
  const kind = auditKinds.find((one) => one === record?.["kind"]);
  const text = (key: string): string => asString(record?.[key]) ?? "";
  const [seq, at] = [asNumber(record?.["seq"]), asNumber(record?.["at"])];
  const [previous, hash] = [text("previous"), text("hash")];
  const facts = asRecord(record?.["facts"]);
  if (record?.["v"] !== 1 || !kind || !facts || seq === undefined || at === undefined)
    return undefined;
  if (!isDigest(previous) || !isDigest(hash)) return undefined;
  const kept: Record<string, string | number> = {};
  for (const [key, fact] of Object.entries(facts))
    if (typeof fact === "string" || typeof fact === "number") kept[key] = fact;
  return {
    v: 1,
    workspace: text("workspace"),
    seq,
    at,
    kind,
    id: text("id"),
    member: text("member"),
    name: text("name"),
    device: text("device"),
    signedInAs: text("signedInAs"),
    facts: kept,
    previous,
    hash,
  };
}

/** Every field in a fixed order, so that whoever writes and whoever verifies see the same bytes. */
function hashOf(record: Omit<AuditRecord, "hash">): Digest {
  const facts = Object.entries(record.facts).sort(([a], [b]) => (a < b ? -1 : 1));
  const { v, workspace, seq, at, kind, id, member, name, device, signedInAs, previous } = record;
  return digestText(
    JSON.stringify([
      "ensemble audit",
      v,
      workspace,
      seq,
      at,
      kind,
      id,
      member,
      name,
      device,
      signedInAs,
      facts,
      previous,
    ]),
  );
}
