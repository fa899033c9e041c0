/** Tells the audit log of something that was done; that it cannot be told stops nobody from doing it. */
import type { ReportedAct } from "../../lib/workspace/report.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

export function report(session: Pick<WorkspaceSession, "report">, act: ReportedAct): void {
  session.report(act).catch(() => undefined);
}
