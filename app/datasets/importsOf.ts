/** The imports of an open workspace: one list, wherever they are started from and whichever page shows them. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { Imports } from "./imports.ts";

const open = new WeakMap<WorkspaceSession, Imports>();

export function importsOf(session: WorkspaceSession, index: Y.Doc): Imports {
  const imports = open.get(session) ?? new Imports(session, index);
  open.set(session, imports);
  return imports;
}
