/** What the page does for the cells of a workspace's notebooks: one capability of each domain. */
import type * as Y from "yjs";
import type { Capability } from "../../lib/kernel/capability.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

export type CapabilitiesOf = (session: WorkspaceSession, index: Y.Doc) => readonly Capability[];

export const capabilitiesOf: CapabilitiesOf = () => [];
