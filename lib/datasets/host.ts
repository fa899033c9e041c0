/** The page's half of `dataset()`: finds the version, fetches its bytes, and records that the cell read it. */
import type * as Y from "yjs";
import { assertNever } from "../base/assertNever.ts";
import type { DatasetContent } from "../document/datasetDoc.ts";
import type { BlobManifest } from "../document/blobManifest.ts";
import { listDatasets } from "../document/indexDoc.ts";
import type { CallContext, Capability } from "../kernel/capability.ts";
import type { Blobs, WorkspaceSession } from "../workspace/session.ts";
import {
  DATASETS,
  type DatasetReply,
  type DatasetRequest,
  type ReplyData,
  parseDatasetRequest,
} from "./exchange.ts";
import { findDataset } from "./findDataset.ts";

export interface DatasetsWorld {
  readonly index: Y.Doc;
  readonly open: WorkspaceSession["open"];
  readonly blobs: Blobs;
}

/** Expected failures are replies, so that the cell's half can word them; a reply that never comes is a bug. */
export function datasetsCapability(world: DatasetsWorld): Capability<DatasetRequest> {
  return {
    name: DATASETS,
    parse: parseDatasetRequest,
    host: (request, context) => readDataset(world, request, context),
  };
}

async function readDataset(
  world: DatasetsWorld,
  { name, version }: DatasetRequest,
  context: CallContext,
): Promise<DatasetReply> {
  const entries = listDatasets(world.index);
  const found = await findDataset(world, entries, name, version, context.signal);
  if (!found.ok) return found;
  const { digest, content } = found.version;
  context.readDataset(name, digest);
  try {
    return {
      ok: true,
      name,
      digest,
      data: await fetchContent(world.blobs, content, name, context),
    };
  } catch {
    // The store says why; to the cell it is the same whether the server is away or never had the bytes.
    return { ok: false, failure: { code: "bytes-not-here", name } };
  }
}

async function fetchContent(
  blobs: Blobs,
  content: DatasetContent,
  name: string,
  context: CallContext,
): Promise<ReplyData> {
  const get = (blob: BlobManifest): Promise<Uint8Array<ArrayBuffer>> =>
    blobs.get(blob, (fraction) =>
      context.progress({ label: `reading ${name}`, fraction, leftMs: null }),
    );
  switch (content.kind) {
    case "table":
      return { kind: "table", table: await get(content.table) };
    case "images":
      return {
        kind: "images",
        images: await get(content.images),
        labels: content.labels && (await get(content.labels)),
        width: content.width,
        height: content.height,
      };
    default:
      return assertNever(content);
  }
}
