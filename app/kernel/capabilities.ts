/** What the page does for the cells of a workspace's notebooks: one capability of each domain. */
import type * as Y from "yjs";
import { datasetsCapability } from "../../lib/datasets/host.ts";
import { tablesCapability } from "../../lib/datasets/tablesHost.ts";
import type { Capability } from "../../lib/kernel/capability.ts";
import { cellLoops } from "../../lib/kernel/progress/host.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { trackRuns } from "../runs/tracking.ts";

export type CapabilitiesOf = (session: WorkspaceSession, index: Y.Doc) => readonly Capability[];

export const capabilitiesOf: CapabilitiesOf = (session, index) => {
  const loops = cellLoops();
  return [
    datasetsCapability({ index, open: (room) => session.open(room), blobs: session.blobs }),
    tablesCapability(session.blobs),
    loops.within(trackRuns(session)),
    loops.capability,
  ];
};
