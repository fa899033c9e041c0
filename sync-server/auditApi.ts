/** What members tell the audit log, what owners read in it, and as whom a proxy knows people. */
import type { IncomingMessage } from "node:http";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { asArray } from "../lib/base/json.ts";
import { MOST_REPORTS, parseReport } from "../lib/workspace/report.ts";
import type { Access, SignedIn } from "./access.ts";
import { type Answer, Refusal, readJson } from "./answers.ts";
import type { AuditLog } from "./auditLog.ts";
import type { Identities } from "./identities.ts";
import { limits } from "./limits.ts";
import type { RateLimit } from "./rateLimit.ts";
import type { Visitors } from "./visitors.ts";

interface Parts {
  readonly access: Access;
  readonly audit: AuditLog;
  readonly identities: Identities;
  readonly visitors: Visitors;
  readonly reports: RateLimit;
  readonly signedIn: (request: IncomingMessage, workspace: WorkspaceId) => Promise<SignedIn>;
  readonly signedInAs: (request: IncomingMessage) => string;
}

/** One report with the longest words it may have, and some. */
const REPORT_BYTES = 2048;

export function auditAnswers(parts: Parts): Readonly<Record<string, Answer>> {
  const { access, audit, identities, visitors, reports, signedIn, signedInAs } = parts;

  const tell: Answer = async (request, workspace) => {
    const who = await signedIn(request, workspace);
    const body = await readJson(request, MOST_REPORTS * REPORT_BYTES);
    const all = asArray(body["reports"]);
    const sound = all.map(parseReport).filter((report) => report !== undefined);
    if (all.length > MOST_REPORTS)
      throw new Refusal(400, "too-many-reports", { limit: MOST_REPORTS });
    if (!reports.allows(`${workspace} ${who.member.id}`))
      throw new Refusal(429, "too-many", { limit: limits.reportsPerMinute });
    if ((await audit.read(workspace, limits.auditRecords)).records.length > 0)
      throw new Refusal(507, "log-full", { limit: limits.auditRecords });
    await audit.reported(who, sound, signedInAs(request));
    return { taken: sound.length };
  };

  const read: Answer = async (request, workspace) => {
    const { member } = await signedIn(request, workspace);
    if (member.role !== "owner") throw new Refusal(403, "not-an-owner");
    const { searchParams } = new URL(`http://localhost${request.url ?? ""}`);
    const after = Number(searchParams.get("after") ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) throw new Refusal(400, "malformed");
    return audit.read(workspace, after);
  };

  /** Who stands behind each device, as far as a proxy says. */
  const people: Answer = async (request, workspace) => {
    await signedIn(request, workspace);
    if (!visitors.known) return { proxy: false, signedInAs: "", devices: {} };
    const devices = Object.fromEntries(await identities.of(workspace));
    return { proxy: true, signedInAs: signedInAs(request), devices };
  };

  /** As what whoever is asking may join without an invite. */
  const open: Answer = async (request, workspace) => {
    const membership = await access.membership(workspace);
    if (!membership) throw new Refusal(404, "workspace-unknown");
    const role = visitors.known ? membership.openTo : undefined;
    return { role: role ?? "nobody", signedInAs: signedInAs(request) };
  };

  return { "POST audit": tell, "GET audit": read, "GET people": people, "GET open": open };
}
