/**
 * The shape of a dataset's document, and the only file that names its keys.
 *
 *   versions: Y.Map<Digest, DatasetVersion>   each written once as one value, never changed
 *
 * The bytes are blobs; a version holds their manifests and what a page shows without them. Versions are
 * named by the digest of their content: two people who import the same file offline make the same version.
 */
import type * as Y from "yjs";
import { type Digest, type MemberId, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "./blobManifest.ts";
import {
  type DatasetColumn,
  type ImportNote,
  parseDatasetColumn,
  parseImportNote,
} from "./datasetFacts.ts";
import { edit } from "./edit.ts";

/** The bytes of a version. Images and labels are unsigned bytes, row by row, as in an IDX file. */
export type DatasetContent =
  | { readonly kind: "table"; readonly table: BlobManifest }
  | {
      readonly kind: "images";
      readonly images: BlobManifest;
      readonly labels?: BlobManifest;
      readonly width: number;
      readonly height: number;
    };

export interface DatasetVersion {
  readonly digest: Digest;
  readonly rows: number;
  /** Of a table its columns; of images one column "label" where they are labelled. */
  readonly columns: readonly DatasetColumn[];
  readonly content: DatasetContent;
  /** The names of the files it was read from. */
  readonly importedFrom: readonly string[];
  readonly notes: readonly ImportNote[];
  readonly author: MemberId;
  readonly at: number;
  readonly message: string;
}

export const datasetRoots = {
  versions: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("versions"),
};

/** Versions from the oldest to the newest. What a peer wrote and is none is passed over. */
export function listVersions(doc: Y.Doc): DatasetVersion[] {
  const versions: DatasetVersion[] = [];
  for (const [key, value] of datasetRoots.versions(doc)) {
    const version = parseVersion(key, value);
    if (version) versions.push(version);
  }
  return versions.sort((a, b) => a.at - b.at || (a.digest < b.digest ? -1 : 1));
}

/** Adds a version. One with its digest that is there already keeps its author and time: it is the same content. */
export function putVersion(doc: Y.Doc, version: DatasetVersion): void {
  const versions = datasetRoots.versions(doc);
  if (parseVersion(version.digest, versions.get(version.digest))) return;
  edit(doc, "putVersion", () => versions.set(version.digest, version));
}

function parseVersion(key: string, value: unknown): DatasetVersion | undefined {
  const record = asRecord(value);
  const content = parseContent(asRecord(record?.["content"]));
  if (!record || !isDigest(key) || !content) return undefined;
  return {
    digest: key,
    rows: asCount(record["rows"]) ?? 0,
    columns: asArray(record["columns"]).flatMap((one) => parseDatasetColumn(one) ?? []),
    content,
    importedFrom: asArray(record["importedFrom"]).flatMap((name) => asString(name) ?? []),
    notes: asArray(record["notes"]).flatMap((one) => parseImportNote(one) ?? []),
    author: (asString(record["author"]) ?? "") as MemberId,
    at: asNumber(record["at"]) ?? 0,
    message: asString(record["message"]) ?? "",
  };
}

function parseContent(record: Record<string, unknown> | undefined): DatasetContent | undefined {
  if (record?.["kind"] === "table") {
    const table = parseBlobManifest(record["table"]);
    return table && { kind: "table", table };
  }
  if (record?.["kind"] !== "images") return undefined;
  const images = parseBlobManifest(record["images"]);
  const labels = parseBlobManifest(record["labels"]);
  const width = asCount(record["width"]);
  const height = asCount(record["height"]);
  if (!images || !width || !height) return undefined;
  return { kind: "images", images, width, height, ...(labels ? { labels } : {}) };
}

function asCount(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
