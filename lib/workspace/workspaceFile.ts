/**
 * A workspace as one file: a zip, usually called "<title>.ensemble". Knows nothing of how zips are read.
 *
 *   manifest.json      what is in it, by whom and when, and what could not be had
 *   membership.json    the signed log of the workspace that it was; for information, nothing is taken from it
 *   rooms/<room>       a document each, as "rooms/notebook/abc…": a Yjs update in V2
 *   blobs/<sha256>     a chunk each, at most 4 MiB; the manifest says which of them make which blob
 *
 * A file may come from anywhere: everything that it says is parsed and has a bound.
 */
import { type Digest, type WorkspaceId, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "../document/blobManifest.ts";
import { type RoomKey, isWorkspaceId, parseRoomName } from "../document/rooms.ts";
import { CHUNK_BYTES } from "../storage/blobStore.ts";

const FORMAT = "ensemble-workspace";
const VERSION = 1;
export const MANIFEST = "manifest.json";
export const MEMBERSHIP = "membership.json";

/** Bytes, and entries: more is refused before it is read. */
export const bounds = {
  manifest: 64 * 1024 * 1024,
  /** As big as a server takes one. */
  room: 32 * 1024 * 1024,
  chunk: CHUNK_BYTES,
  entries: 1_000_000,
} as const;

export interface FileRoom {
  readonly room: RoomKey;
  readonly size: number;
  readonly sha256: Digest;
}

export interface FileManifest {
  readonly title: string;
  /** The workspace that it was. */
  readonly workspace: WorkspaceId;
  /** Milliseconds since 1970. */
  readonly exportedAt: number;
  readonly exportedBy: string;
  readonly rooms: readonly FileRoom[];
  readonly blobs: readonly BlobManifest[];
  readonly missing: { readonly rooms: readonly RoomKey[]; readonly blobs: readonly Digest[] };
}

export function roomEntry(room: RoomKey): string {
  return `rooms/${room}`;
}

export function chunkEntry(chunk: Digest): string {
  return `blobs/${chunk}`;
}

/** As it stands in the file. */
export function writeManifest(manifest: FileManifest): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, ...manifest }, undefined, 1);
}

/** What a file says is in it; "too-new" of a later version, undefined where it is no such file or contradicts itself. */
export function parseManifest(text: string): FileManifest | "too-new" | undefined {
  const record = asRecord(parseJson(text));
  const version = asNumber(record?.["version"]);
  if (record?.["format"] !== FORMAT || version === undefined) return undefined;
  if (version > VERSION) return "too-new";
  const workspace = asString(record["workspace"]);
  if (workspace === undefined || !isWorkspaceId(workspace)) return undefined;
  const rooms = asArray(record["rooms"]).map((one) => parseFileRoom(workspace, asRecord(one)));
  const blobs = asArray(record["blobs"]).map(parseFileBlob);
  const known = <T>(one: T | undefined): one is T => one !== undefined;
  if (!rooms.every(known) || !blobs.every(known)) return undefined;
  if (!rooms.some(({ room }) => room === "index")) return undefined;
  if (new Set(rooms.map(({ room }) => room)).size < rooms.length) return undefined;
  const missing = asRecord(record["missing"]);
  return {
    title: (asString(record["title"]) ?? "").slice(0, 200),
    workspace,
    exportedAt: asNumber(record["exportedAt"]) ?? 0,
    exportedBy: (asString(record["exportedBy"]) ?? "").slice(0, 200),
    rooms,
    blobs,
    missing: {
      rooms: asArray(missing?.["rooms"]).flatMap((name) => roomOf(workspace, name) ?? []),
      blobs: asArray(missing?.["blobs"]).filter(
        (one): one is Digest => typeof one === "string" && isDigest(one),
      ),
    },
  };
}

/** A file name that every system takes: "Penguins.ensemble". */
export function fileName(title: string): string {
  const fit = title
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, " ")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "")
    .slice(0, 80);
  return `${fit || "Workspace"}.ensemble`;
}

function parseFileRoom(
  workspace: WorkspaceId,
  record: Record<string, unknown> | undefined,
): FileRoom | undefined {
  const room = roomOf(workspace, record?.["room"]);
  const size = asNumber(record?.["size"]);
  const sha256 = asString(record?.["sha256"]);
  if (!room || sha256 === undefined || !isDigest(sha256)) return undefined;
  if (size === undefined || !Number.isSafeInteger(size) || size < 0 || size > bounds.room)
    return undefined;
  return { room, size, sha256 };
}

/** As many chunks as its size takes, no more and no fewer. */
function parseFileBlob(value: unknown): BlobManifest | undefined {
  const blob = parseBlobManifest(value);
  const chunks = Math.max(1, Math.ceil((blob?.size ?? 0) / CHUNK_BYTES));
  return blob?.chunks.length === chunks ? blob : undefined;
}

function roomOf(workspace: WorkspaceId, name: unknown): RoomKey | undefined {
  return typeof name === "string" ? parseRoomName(`${workspace}/${name}`)?.room : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
