/** A workspace that was taken out of this browser comes back from its server, as long as this browser's key is a member. */
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import type { Signer } from "../../workspace/signatures.ts";
import type { WorkspaceFailure } from "../../workspace/workspaces.ts";
import type { Database } from "./database.ts";
import { MembershipCache } from "./membershipCache.ts";
import { serverApi } from "./serverApi.ts";
import { type Summaries, newSummary } from "./summaries.ts";

interface Parts {
  readonly db: Database;
  readonly signer: Signer;
  readonly summaries: Summaries;
  readonly origin: string;
}

/** Throws AppError "workspace-unknown" where no server that can be reached knows this browser in it. */
export async function comeBack(
  { db, signer, summaries, origin }: Parts,
  workspace: WorkspaceId,
): Promise<void> {
  const api = serverApi(origin, workspace);
  const token = await api.signIn(signer);
  const entries = token.ok ? await api.entries(token.value.token) : token;
  if (!entries.ok) throw new AppError<WorkspaceFailure>({ code: "workspace-unknown" });
  const cache = await MembershipCache.open(db, workspace, signer);
  await cache.serverHas(entries.value);
  const members = [...cache.membership.current.members.values()];
  await summaries.add({ ...newSummary(workspace), members, onServer: true });
}
