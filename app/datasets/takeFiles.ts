/** Files dropped anywhere on a workspace: they are imported where their progress shows, and one alone is opened. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { pathTo } from "../router.ts";
import { importsOf } from "./importsOf.ts";

export async function takeFiles(
  session: WorkspaceSession,
  index: Y.Doc,
  files: readonly File[],
  onopen: (path: string) => void,
): Promise<void> {
  onopen(pathTo(session.id, "datasets"));
  const [only, ...more] = await importsOf(session, index).start(files);
  if (only !== undefined && more.length === 0) onopen(pathTo(session.id, "datasets", only));
}
