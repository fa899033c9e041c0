/** Writes the audit log: what clients report, what is deleted, who signs in as whom; refusals only as a count. */
import { randomBytes } from "node:crypto";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { AuditFact, AuditRecord } from "../lib/governance/audit.ts";
import type { Report } from "../lib/workspace/report.ts";
import type { SignedIn } from "./access.ts";
import type { Store } from "./stores/store.ts";

/** Records in one answer. */
const PAGE = 500;

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** There are more after these. */
  readonly more: boolean;
}

export interface AuditLog {
  /** What members did where no server sees it, as their devices tell. */
  reported(who: SignedIn, reports: readonly Report[], signedInAs: string): Promise<void>;
  deleted(who: SignedIn, room: string, signedInAs: string): Promise<void>;
  /** Somebody who is no member, or whose key does not fit, wanted in: counted, and written down with what comes next. */
  refused(workspace: WorkspaceId): void;
  /** The records after the one numbered `after`. */
  read(workspace: WorkspaceId, after: number): Promise<AuditPage>;
}

export function openAuditLog(store: Pick<Store, "appendAudit" | "audit">): AuditLog {
  const refusals = new Map<WorkspaceId, number>();

  const append = async (workspace: WorkspaceId, facts: readonly AuditFact[]): Promise<void> => {
    const count = refusals.get(workspace) ?? 0;
    refusals.delete(workspace);
    const nobody = { member: "", name: "", device: "", signedInAs: "" };
    const counted: AuditFact[] =
      count > 0 ? [{ kind: "refusals", id: newId(), ...nobody, facts: { count } }] : [];
    if (counted.length + facts.length === 0) return;
    try {
      await store.appendAudit(workspace, [...counted, ...facts]);
    } catch (error) {
      refusals.set(workspace, (refusals.get(workspace) ?? 0) + count);
      throw error;
    }
  };

  const by = (
    { member, key }: SignedIn,
    signedInAs: string,
  ): Omit<AuditFact, "kind" | "id" | "facts"> => ({
    member: member.id,
    name: member.name,
    device: key,
    signedInAs,
  });

  return {
    reported: (who, reports, signedInAs) =>
      append(
        who.workspace,
        reports.map(({ kind, what, id, name, report, at }) => ({
          kind,
          id: `${who.key} ${report}`,
          ...by(who, signedInAs),
          facts: { what, thing: id, called: name, doneAt: at },
        })),
      ),
    deleted: (who, room, signedInAs) =>
      append(who.workspace, [
        {
          kind: "delete",
          id: newId(),
          ...by(who, signedInAs),
          facts: { what: "room", thing: room },
        },
      ]),
    refused: (workspace) => void refusals.set(workspace, (refusals.get(workspace) ?? 0) + 1),
    async read(workspace, after) {
      await append(workspace, []);
      const records = await store.audit(workspace, after, PAGE + 1);
      return { records: records.slice(0, PAGE), more: records.length > PAGE };
    },
  };
}

function newId(): string {
  return randomBytes(15).toString("base64url");
}
