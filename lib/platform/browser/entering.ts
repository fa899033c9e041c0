/** The way into a workspace: entries are delivered, the server is asked who belongs, and the workspace is known here. */
import { AppError } from "../../base/errors.ts";
import type { MemberId, WorkspaceId } from "../../base/ids.ts";
import type { Entry } from "../../workspace/entry.ts";
import type { Membership } from "../../workspace/membership.ts";
import type { Signer } from "../../workspace/signatures.ts";
import type { WorkspaceFailure } from "../../workspace/workspaces.ts";
import type { Database } from "./database.ts";
import { MembershipCache } from "./membershipCache.ts";
import { serverApi } from "./serverApi.ts";
import { type Summaries, newSummary } from "./summaries.ts";

export interface Entrance {
  readonly db: Database;
  readonly signer: Signer;
  readonly summaries: Summaries;
  readonly origin: string;
}

/**
 * Enters by entries of which the first lets this browser in; gives back what is known of the membership then.
 * `as`: the member as whom it comes in, where that is known. Throws AppError<WorkspaceFailure>.
 */
export async function enterWorkspace(
  { db, signer, summaries, origin }: Entrance,
  workspace: WorkspaceId,
  entries: readonly Entry[],
  as: (membership: Membership) => MemberId | undefined = () => undefined,
): Promise<MembershipCache> {
  const api = serverApi(origin, workspace);
  const delivered = await api.deliver(entries);
  const refusal = delivered.ok ? delivered.value.refused.get(0) : delivered.code;
  const taken = refusal === undefined || refusal === "already-a-member";
  // A server that has no such workspace knows no invite either, and who is in needs none: signing in tells.
  if (!taken && refusal !== "invite-unknown") throw failure(joinFailure(refusal));
  const token = await api.signIn(signer);
  const listed = token.ok ? await api.entries(token.value.token) : token;
  if (!listed.ok)
    throw failure(joinFailure(!taken && listed.code === "not-a-member" ? refusal : listed.code));
  const cache = await MembershipCache.open(db, workspace, signer);
  const known = summaries.has(workspace);
  await cache.serverHas(listed.value);
  const expected = as(cache.membership.current);
  if (expected !== undefined && cache.me?.id !== expected) throw failure("another-member");
  const members = [...cache.membership.current.members.values()];
  if (!known) await summaries.add({ ...newSummary(workspace), members, onServer: true });
  return cache;
}

export function failure(code: WorkspaceFailure["code"]): AppError<WorkspaceFailure> {
  return new AppError<WorkspaceFailure>({ code });
}

/** The server's word for a refusal, as the person who wants to join has to hear it. */
export function joinFailure(code: string): WorkspaceFailure["code"] {
  switch (code) {
    case "invite-unknown":
    case "invite-used-up":
    case "invite-expired":
    case "not-a-member":
    case "not-signed-in":
      return code;
    case "too-many":
    case "disk-full":
    case "going-away":
    case "server-failed":
      return "server-busy";
    case "log-full":
      return "workspace-full";
    case "not-authentic":
      return "invite-malformed";
    case "not-open":
      return "not-a-member";
    case "no-genesis":
    case "workspace-unknown":
    case "register-token-needed":
      return "workspace-unknown";
    default:
      return "server-unreachable";
  }
}
