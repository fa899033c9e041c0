/** A workspace with datasets in it, and its pages, for tests of what people see of them. */
import type * as Y from "yjs";
import type { DatasetId, MemberId, WorkspaceId } from "../../../lib/base/ids.ts";
import { planSources, readImport } from "../../../lib/datasets/readImport.ts";
import { storeVersion } from "../../../lib/datasets/storeVersion.ts";
import { source } from "../../../lib/datasets/testing/sources.ts";
import { MemorySession } from "../../../lib/testing/memorySession.ts";
import type { Member } from "../../../lib/workspace/session.ts";
import Dataset from "../Dataset.svelte";
import DatasetList from "../DatasetList.svelte";
import { show } from "./page.ts";

const W = "abcdefghijklmnopqrstuvwxyz" as WorkspaceId;
const jun: Member = { id: "jun" as MemberId, name: "Jun Tanaka", role: "owner" };

export interface DatasetWorkspace {
  readonly session: MemorySession;
  readonly index: Y.Doc;
  /** The paths that the pages went to. */
  readonly opened: string[];
  /** Jun imports this content, as a dataset or as its next version. */
  has(id: string, name: string, content: string | Uint8Array, file?: string): Promise<void>;
  showList(): Promise<void>;
  showDataset(id: string): Promise<void>;
}

export async function datasetWorkspace(role: Member["role"] = "editor"): Promise<DatasetWorkspace> {
  const me: Member = { id: "mira" as MemberId, name: "Mira Lind", role };
  const session = new MemorySession(W, me, [jun]);
  const index = (await session.open("index")).doc;
  const opened: string[] = [];
  const onopen = (path: string): void => void opened.push(path);
  let at = Date.now() - 60_000;
  return {
    session,
    index,
    opened,
    async has(id, name, content, file = `${name}.csv`) {
      const [plan] = await planSources([source(file, content, 4096)]);
      if (!plan || plan.kind === "refused") throw new Error(`${file} holds no dataset`);
      const read = await readImport(plan, () => undefined);
      const by = { author: jun.id, at: at++, message: `Imported from ${file}` };
      await storeVersion(session, index, { id: id as DatasetId, name }, read, by);
    },
    showList: () => show(DatasetList, { session, index, onopen }),
    showDataset: (id) => show(Dataset, { session, index, id: id as DatasetId, onopen }),
  };
}
