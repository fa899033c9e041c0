/**
 * The blobs that a document names, wherever in it they stand: every manifest in it, of whatever part. Knows nothing of
 * what the parts call them.
 */
import * as Y from "yjs";
import { asRecord } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "./blobManifest.ts";

/** Deeper than any document of ours goes. */
const DEEPEST = 64;

/** Of what is not deleted. The same blob may be named more than once. */
export function namedBlobs(doc: Y.Doc): BlobManifest[] {
  const found: BlobManifest[] = [];
  for (const structs of doc.store.clients.values())
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.deleted) continue;
      if (struct.content instanceof Y.ContentAny || struct.content instanceof Y.ContentJSON)
        for (const value of struct.content.getContent()) collect(value, found, 0);
    }
  return found;
}

/** The same in a plain value: what was read from JSON, say. */
export function blobsIn(value: unknown): BlobManifest[] {
  const found: BlobManifest[] = [];
  collect(value, found, 0);
  return found;
}

function collect(value: unknown, found: BlobManifest[], depth: number): void {
  if (depth > DEEPEST || typeof value !== "object" || value === null) return;
  if (value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, found, depth + 1);
    return;
  }
  const record = asRecord(value);
  if (!record) return;
  const manifest = "chunks" in record ? parseBlobManifest(record) : undefined;
  if (manifest && manifest.chunks.length > 0) found.push(manifest);
  else for (const one of Object.values(record)) collect(one, found, depth + 1);
}
