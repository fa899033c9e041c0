/** What a client signs to show the server that it holds its key. No clock is needed on either side. */
import type { WorkspaceId } from "../base/ids.ts";

export function challengeBytes(workspace: WorkspaceId, nonce: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(["ensemble challenge", workspace, nonce]));
}
