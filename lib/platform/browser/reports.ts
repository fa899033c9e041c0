/** What the audit log still has to be told of this device: kept in IndexedDB, and sent when the server is there. */
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { MOST_REPORTS, type Report, type ReportedAct } from "../../workspace/report.ts";
import type { Database, StoredMembership } from "./database.ts";
import type { ServerApi } from "./serverApi.ts";
import type { ServerLink } from "./serverLink.ts";
import { browserWorld } from "./world.ts";

/** What is kept on a device that never meets its server. */
const MOST_KEPT = 1000;
const AGAIN_MS = 30_000;
/** Refusals after which the same reports are taken later; any other is for good. */
const PASSING = new Set([
  "unreachable",
  "too-many",
  "disk-full",
  "server-failed",
  "bad-token",
  "not-signed-in",
]);

export class Reports {
  readonly #db: Database;
  readonly #workspace: WorkspaceId;
  readonly #api: Pick<ServerApi, "report">;
  readonly #link: ServerLink;
  readonly #stop: () => void;
  #sending: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    db: Database,
    workspace: WorkspaceId,
    api: Pick<ServerApi, "report">,
    link: ServerLink,
  ) {
    this.#db = db;
    this.#workspace = workspace;
    this.#api = api;
    this.#link = link;
    this.#stop = link.state.subscribe(() => void this.send());
  }

  /** Durable when it resolves. */
  async add(act: ReportedAct): Promise<void> {
    const report: Report = {
      ...act,
      report: encodeBase64url(browserWorld.randomBytes(15)),
      at: browserWorld.now(),
    };
    await this.#change((reports) => [...reports, report].slice(-MOST_KEPT));
    void this.send();
  }

  /** Sends what waits. Asked for while it is sending, it is the same sending. */
  send(): Promise<void> {
    this.#sending ??= this.#sendAll()
      .catch(() => undefined)
      .finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#link.state.current.kind === "online") {
      const waiting = (await this.#db.get("memberships", this.#workspace))?.reports ?? [];
      const batch = waiting.slice(0, MOST_REPORTS);
      if (batch.length === 0) return;
      const token = await this.#link.token();
      if (token === undefined) return;
      const told = await this.#api.report(token, batch);
      if (!told.ok && PASSING.has(told.code)) {
        this.#timer = setTimeout(() => void this.send(), AGAIN_MS);
        return;
      }
      const gone = new Set(batch.map(({ report }) => report));
      await this.#change((reports) => reports.filter(({ report }) => !gone.has(report)));
    }
  }

  async #change(
    change: (reports: readonly Report[]) => NonNullable<StoredMembership["reports"]>,
  ): Promise<void> {
    const tx = this.#db.transaction("memberships", "readwrite", { durability: "strict" });
    const before = await tx.store.get(this.#workspace);
    if (before)
      await tx.store.put({ ...before, reports: change(before.reports ?? []) }, this.#workspace);
    await tx.done;
  }
}
