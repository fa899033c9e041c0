/** The workspaces that this browser knows, as the home page lists them. Kept in IndexedDB, alike in all tabs. */
import type { WorkspaceId } from "../../base/ids.ts";
import { type Observable, Settable } from "../../base/observable.ts";
import type { WorkspaceSummary } from "../../workspace/workspaces.ts";
import type { Database } from "./database.ts";
import type { Tabs } from "./tabs.ts";
import { whole } from "./transactions.ts";
import { browserWorld } from "./world.ts";

export class Summaries {
  readonly #db: Database;
  readonly #tabs: Tabs;
  readonly #list = new Settable<readonly WorkspaceSummary[]>([]);

  constructor(db: Database, tabs: Tabs) {
    this.#db = db;
    this.#tabs = tabs;
    tabs.listen(({ kind }) => {
      if (kind === "workspaces") void this.read();
    });
  }

  /** Newest opened first. */
  get list(): Observable<readonly WorkspaceSummary[]> {
    return this.#list;
  }

  has(workspace: WorkspaceId): boolean {
    return this.#list.current.some(({ id }) => id === workspace);
  }

  async read(): Promise<void> {
    const all = await this.#db.getAll("workspaces");
    this.#list.set(all.sort((a, b) => b.openedAt - a.openedAt));
  }

  async add(summary: WorkspaceSummary): Promise<void> {
    await this.#db.put("workspaces", summary, summary.id);
    await this.changed();
  }

  async patch(workspace: WorkspaceId, part: Partial<WorkspaceSummary>): Promise<void> {
    const tx = this.#db.transaction("workspaces", "readwrite");
    const before = await tx.store.get(workspace);
    const put = before ? [tx.store.put({ ...before, ...part }, workspace)] : [];
    await whole<unknown>([...put, tx.done]);
    await this.changed();
  }

  /** What is stored is not what it was: all tabs read it again. */
  async changed(): Promise<void> {
    await this.read();
    this.#tabs.post({ kind: "workspaces" });
  }
}

/** Of a workspace that nobody has looked into yet. */
export function newSummary(id: WorkspaceId): WorkspaceSummary {
  const counts = { notebooks: 0, datasets: 0, runs: 0 };
  return { id, title: "", ...counts, members: [], openedAt: browserWorld.now(), onServer: false };
}
