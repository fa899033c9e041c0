/** The audit log of one workspace from its server, and how far this browser has seen it. */
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import type { AuditSource, Identities, ServerFailure } from "../../workspace/session.ts";
import type { Database } from "./database.ts";
import type { Asked, ServerApi } from "./serverApi.ts";
import type { ServerLink } from "./serverLink.ts";

export function auditSource(
  db: Database,
  workspace: WorkspaceId,
  api: ServerApi,
  link: ServerLink,
): AuditSource {
  return {
    read: (after) => askServer(link, (token) => api.audit(token, after)),
    seen: async () => (await db.get("memberships", workspace))?.audit,
    async see(mark) {
      const tx = db.transaction("memberships", "readwrite");
      const before = await tx.store.get(workspace);
      if (before) await tx.store.put({ ...before, audit: mark }, workspace);
      await tx.done;
    },
  };
}

export function askIdentities(api: ServerApi, link: ServerLink): Promise<Identities> {
  return askServer(link, (token) => api.people(token));
}

async function askServer<T>(
  link: ServerLink,
  ask: (token: string) => Promise<Asked<T>>,
): Promise<T> {
  await link.tried();
  const token = await link.token();
  const answer = token === undefined ? undefined : await ask(token);
  if (answer?.ok) return answer.value;
  if (answer?.code === "bad-token") link.forgetToken();
  const reason = answer?.code ?? "unreachable";
  throw new AppError<ServerFailure>({ code: "server-refused", reason });
}
