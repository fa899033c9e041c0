/** Reads the whole audit log from the server, verifies it in this browser, and remembers how far it was seen. */
import {
  type AuditBreak,
  type AuditEnd,
  type AuditRecord,
  checkSeen,
  parseAuditRecord,
  verifyAudit,
} from "../../lib/governance/audit.ts";
import { isDigest } from "../../lib/base/ids.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

export interface AuditRead {
  readonly records: readonly AuditRecord[];
  /** The first place where it is broken; undefined where it holds. */
  readonly broken: AuditBreak | undefined;
}

/** Throws AppError<ServerFailure>. */
export async function readAudit(
  session: Pick<WorkspaceSession, "id" | "audit">,
): Promise<AuditRead> {
  const records: AuditRecord[] = [];
  for (let more = true; more;) {
    const page = await session.audit.read(records.at(-1)?.seq ?? 0);
    const before = records.length;
    for (const value of page.records) {
      const record = parseAuditRecord(value);
      // What has another shape leaves a gap, which the chain shows.
      if (record) records.push(record);
    }
    more = page.more && records.length > before;
  }
  const mark = await session.audit.seen();
  const seen: AuditEnd | undefined =
    mark && isDigest(mark.hash) ? { seq: mark.seq, hash: mark.hash } : undefined;
  const verdict = verifyAudit(session.id, records);
  const broken = verdict.ok ? seen && checkSeen(records, seen) : verdict.broken;
  if (verdict.ok && broken === undefined && verdict.end.seq > 0)
    await session.audit.see(verdict.end);
  return { records, broken };
}
