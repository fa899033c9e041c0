/** A workspace's blobs: kept here before anything else, sent to the server when there is a way, checked on the way back. */
import { AppError } from "../../base/errors.ts";
import { joinBytes } from "../../base/bytes.ts";
import { digestParts } from "../../base/digest.ts";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import type { Observable } from "../../base/observable.ts";
import { type BlobManifest, parseBlobManifest } from "../../document/blobManifest.ts";
import { type BlobStore, chunksOf } from "../../storage/blobStore.ts";
import type { Blobs, PutWatch, Uploads } from "../../workspace/session.ts";
import { BlobUploads, type UploadParts } from "./blobUploads.ts";
import { digestOf } from "./digestOf.ts";
import type { ServerApi } from "./serverApi.ts";
import type { ServerLink } from "./serverLink.ts";

/** The page that is being opened comes first, milliseconds. */
const TIDY_AFTER = 20_000;
/** A chunk that belongs to no blob for so long is of one that was given up, milliseconds. */
const LEFT_OVER = 24 * 3600_000;

/** Somebody may ask for what is being fetched already. */
interface Getting {
  readonly told: Set<(fraction: number) => void>;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

export type BlobFailure = { readonly code: "blob-missing"; readonly digest: Digest };

export class WorkspaceBlobs implements Blobs {
  readonly #store: BlobStore;
  readonly #api: ServerApi;
  readonly #link: ServerLink;
  readonly #mayWrite: () => boolean;
  readonly #uploads: BlobUploads;
  readonly #getting = new Map<Digest, Getting>();
  #closed = false;
  readonly #tidying: ReturnType<typeof setTimeout>;

  /** `tidyAfter`: when what was given up half way is looked for, milliseconds. */
  constructor(workspace: WorkspaceId, parts: UploadParts, tidyAfter = TIDY_AFTER) {
    const { store, api, link, mayWrite } = parts;
    this.#store = store;
    this.#api = api;
    this.#link = link;
    this.#mayWrite = mayWrite;
    this.#uploads = new BlobUploads(workspace, parts);
    this.#tidying = setTimeout(() => {
      const tidy = (): void => void store.collect(Date.now() - LEFT_OVER).catch(() => undefined);
      if (typeof requestIdleCallback === "function") requestIdleCallback(tidy);
      else tidy();
    }, tidyAfter);
  }

  /** What the server does not have yet. */
  get uploads(): Observable<Uploads> {
    return this.#uploads.state;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#tidying);
    this.#uploads.close();
  }

  async put(
    bytes: Uint8Array<ArrayBuffer>,
    mime: string,
    { progress, signal }: PutWatch = {},
  ): Promise<BlobManifest> {
    if (this.#closed) throw new Error("the workspace is closed");
    const waits = this.#mayWrite();
    const chunks: Digest[] = [];
    const whole = digestParts(); // part by part: all at once would be copied at once
    const parts = chunksOf(bytes);
    for (const chunk of parts) {
      signal?.throwIfAborted();
      const digest = await digestOf(chunk);
      if (parts.length > 1) whole.add(chunk);
      // Cut out of the whole: storing a view would store all that is behind it.
      await this.#store.putChunk(digest, chunk.slice());
      chunks.push(digest);
      progress?.(chunks.length / parts.length);
    }
    signal?.throwIfAborted();
    const sha256 = parts.length > 1 ? whole.digest() : (chunks[0] as Digest);
    const manifest: BlobManifest = { sha256, size: bytes.length, mime, chunks };
    await this.#store.putManifest(manifest, waits);
    await this.#uploads.added();
    return manifest;
  }

  async get(
    blob: Digest | BlobManifest,
    progress?: (fraction: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const digest = typeof blob === "string" ? blob : blob.sha256;
    const { told, bytes } = this.#getting.get(digest) ?? this.#begin(digest, blob);
    if (progress) told.add(progress);
    return bytes;
  }

  /** One chunk, from this browser or else from the server, which is then kept here; undefined where it cannot be had. */
  async chunk(digest: Digest): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const stored = await this.#store.chunk(digest);
    const sound = stored && (await digestOf(stored)) === digest; // else it was damaged here
    return sound ? stored : this.#fetch(digest);
  }

  /** Counts again what waits: another tab may have put or sent something. */
  count(): Promise<void> {
    return this.#uploads.count();
  }

  /** Of this browser's tabs, this one sends. */
  lead(): void {
    this.#uploads.lead();
  }

  /** The server has lost what it had. */
  async waitAgain(): Promise<void> {
    await this.#store.waitAgain();
    await this.count();
  }

  #begin(digest: Digest, blob: Digest | BlobManifest): Getting {
    const told = new Set<(fraction: number) => void>();
    const bytes = this.#get(blob, (fraction) => told.forEach((tell) => tell(fraction)));
    const getting = { told, bytes: bytes.finally(() => this.#getting.delete(digest)) };
    this.#getting.set(digest, getting);
    return getting;
  }

  async #get(
    blob: Digest | BlobManifest,
    progress: (fraction: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const digest = typeof blob === "string" ? blob : blob.sha256;
    // One that is kept here was found to list what it names.
    const kept = parseBlobManifest(await this.#store.manifest(digest));
    const manifest = kept ?? (typeof blob === "string" ? undefined : blob);
    const digests = manifest?.chunks ?? [digest];
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const whole = digests.length > 1 && !kept ? digestParts() : undefined;
    for (const [i, chunk] of digests.entries()) {
      const part = await this.chunk(chunk);
      if (!part) throw missing(digest);
      whole?.add(part);
      parts.push(part);
      progress((i + 1) / digests.length);
    }
    // A manifest comes from other members: what it lists need not be what it names.
    if ((whole ? whole.digest() : (kept?.sha256 ?? digests[0])) !== digest) throw missing(digest);
    const found = manifest ?? aloneOf(digest, parts);
    if (!kept) await this.#store.putManifest(found, false).catch(() => undefined);
    return parts.length === 1 && parts[0] ? parts[0] : joinBytes(parts);
  }

  async #fetch(chunk: Digest): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await this.#link.tried();
    const token = await this.#link.token();
    const answer = token === undefined ? undefined : await this.#api.chunk(token, chunk);
    if (!answer?.ok || (await digestOf(answer.value)) !== chunk) return undefined;
    // Where there is no room to keep it, it can be shown all the same.
    await this.#store.putChunk(chunk, answer.value).catch(() => undefined);
    return answer.value;
  }
}

/** A chunk that was asked for by its digest alone is a blob, and not left over from one. */
function aloneOf(sha256: Digest, parts: readonly Uint8Array[]): BlobManifest {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return { sha256, size, mime: "application/octet-stream", chunks: [sha256] };
}

function missing(digest: Digest): AppError<BlobFailure> {
  return new AppError<BlobFailure>({ code: "blob-missing", digest });
}
