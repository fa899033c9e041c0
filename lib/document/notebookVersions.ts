/**
 * The versions of a notebook, as its document knows them: who kept which state when, and why. One value each in the
 * root map "versions", written once but for a new message. The states are blobs, see lib/notebook/versionState.ts.
 */
import type * as Y from "yjs";
import { type MemberId, type VersionId, isId } from "../base/ids.ts";
import { asNumber, asRecord, asString } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "./blobManifest.ts";
import { edit } from "./edit.ts";
import { notebookRoots } from "./notebookDoc.ts";

/** The MIME type of a state's blob: a Y.Doc with the notebook's roots, encoded whole as an update in version 2. */
export const STATE_MIME = "application/vnd.ensemble.notebook+yjs";

export interface NotebookVersion {
  readonly id: VersionId;
  readonly message: string;
  readonly author: MemberId;
  readonly authorName: string;
  /** Milliseconds since 1970, by the author's clock. */
  readonly at: number;
  /** The newest version when this one was saved; null for the first. */
  readonly parent: VersionId | null;
  readonly manifest: BlobManifest;
  /** How many cells it has. */
  readonly cells: number;
  /** How many of them are not as in the parent; null where the author could not tell. */
  readonly changed: number | null;
  /** Saved by itself: only the newest of these are kept, until somebody gives them a name. */
  readonly auto: boolean;
}

/** How many versions are read at most, and how many of those that were saved by themselves are kept. */
const MOST_VERSIONS = 2000;
export const MOST_AUTO = 30;
export const LONGEST_MESSAGE = 200;
/** A date ends there (ECMA-262, Time Values). */
const LAST_MOMENT = 8.64e15;

const parsed = new WeakMap<object, { readonly version: NotebookVersion | undefined }>();

/** The versions from the newest to the oldest. What a peer wrote and is none is passed over. */
export function listVersions(doc: Y.Doc): NotebookVersion[] {
  const versions: NotebookVersion[] = [];
  for (const [key, value] of notebookRoots.versions(doc)) {
    const version = versionOf(key, value);
    if (version) versions.push(version);
    if (versions.length >= MOST_VERSIONS) break;
  }
  return versions.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

/** Adds a version; of those that were saved by themselves the oldest give way. */
export function putVersion(doc: Y.Doc, version: NotebookVersion): void {
  const { id, ...record } = version;
  edit(doc, "saveVersion", () => {
    const versions = notebookRoots.versions(doc);
    versions.set(id, record);
    const autos = listVersions(doc).filter((one) => one.auto);
    for (const old of autos.slice(MOST_AUTO)) versions.delete(old.id);
  });
}

/** Gives a version another message. Whoever names one means to keep it. */
export function renameVersion(doc: Y.Doc, id: VersionId, message: string): void {
  const version = versionOf(id, notebookRoots.versions(doc).get(id));
  const words = message.trim().slice(0, LONGEST_MESSAGE);
  if (!version || words === "" || words === version.message) return;
  const { id: key, ...record } = { ...version, message: words, auto: false };
  edit(doc, "renameVersion", () => notebookRoots.versions(doc).set(key, record));
}

/** The same object until it changes. */
function versionOf(key: string, value: unknown): NotebookVersion | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  const known = parsed.get(record) ?? { version: parseVersion(key, record) };
  parsed.set(record, known);
  return known.version;
}

function parseVersion(
  key: string,
  record: Readonly<Record<string, unknown>>,
): NotebookVersion | undefined {
  const manifest = parseBlobManifest(record["manifest"]);
  const at = asNumber(record["at"]);
  if (!isId(key) || !manifest || at === undefined || Math.abs(at) > LAST_MOMENT) return undefined;
  const parent = asString(record["parent"]);
  return {
    id: key as VersionId,
    message: words(record["message"]),
    author: words(record["author"]) as MemberId,
    authorName: words(record["authorName"]),
    at,
    parent: parent !== undefined && isId(parent) ? (parent as VersionId) : null,
    manifest,
    cells: asCount(record["cells"]) ?? 0,
    changed: asCount(record["changed"]) ?? null,
    auto: record["auto"] === true,
  };
}

function words(value: unknown): string {
  return (asString(value) ?? "").slice(0, LONGEST_MESSAGE);
}

function asCount(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
