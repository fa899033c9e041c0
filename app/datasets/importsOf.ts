/** The imports of an open workspace: one list, wherever they are started from and whichever page shows them. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { report } from "../people/report.ts";
import type { ImportOutcome } from "./importFiles.ts";
import { Imports } from "./imports.ts";

const open = new WeakMap<WorkspaceSession, Imports>();

export function importsOf(session: WorkspaceSession, index: Y.Doc): Imports {
  const imports = open.get(session) ?? new Imports(session, index, undefined, told(session));
  open.set(session, imports);
  return imports;
}

/** What came into the workspace is told to its audit log; what changed nothing is not. */
function told(session: WorkspaceSession): (outcome: ImportOutcome) => void {
  return (outcome) => {
    if (outcome.kind === "unchanged" || outcome.kind === "cancelled") return;
    report(session, { kind: "import", what: "dataset", id: outcome.id, name: outcome.name });
  };
}
