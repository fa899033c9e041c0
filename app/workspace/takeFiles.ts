/** What becomes of files that are dropped on a workspace: a port, so that the frame knows nothing of datasets. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

export type TakeFiles = (
  world: {
    readonly session: WorkspaceSession;
    readonly index: Y.Doc;
    readonly onopen: (path: string) => void;
  },
  files: readonly File[],
) => void;
