/** Where outputs find the rows of long tables: the workspace's blobs, handed down to wherever one is drawn. */
import { getContext, setContext } from "svelte";
import type { Expected } from "../../../lib/datasets/shownTable.ts";
import type { WorkspaceSession } from "../../../lib/workspace/session.ts";
import { checkTable } from "./checkTable.ts";

export interface TableBlobs {
  readonly session: Pick<WorkspaceSession, "blobs" | "connection">;
  /** Whether the bytes are such a table; done where it can be ended. */
  readonly check: (bytes: Uint8Array, expected: Expected) => Promise<boolean>;
}

export const TABLE_BLOBS = Symbol("table blobs");

export function provideTableBlobs(session: TableBlobs["session"]): void {
  setContext<TableBlobs>(TABLE_BLOBS, { session, check: checkTable });
}

/** Undefined where an output stands alone, without a workspace. */
export function useTableBlobs(): TableBlobs | undefined {
  return getContext<TableBlobs | undefined>(TABLE_BLOBS);
}
