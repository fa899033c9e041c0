/** A workspace's blobs: kept here before anything else, sent to the server when there is a way, checked on the way back. */
import { AppError } from "../../base/errors.ts";
import { joinBytes } from "../../base/bytes.ts";
import { digestParts } from "../../base/digest.ts";
import type { Digest } from "../../base/ids.ts";
import { Settable } from "../../base/observable.ts";
import { type BlobManifest, parseBlobManifest } from "../../document/blobManifest.ts";
import { type BlobStore, chunksOf } from "../../storage/blobStore.ts";
import { backoff } from "../../sync/backoff.ts";
import type { Refused } from "../../sync/refusals.ts";
import type { Blobs, PutWatch } from "../../workspace/session.ts";
import type { ServerApi } from "./serverApi.ts";
import type { ServerLink } from "./serverLink.ts";

const LONGEST_WAIT = 30_000;

export type BlobFailure = { readonly code: "blob-missing"; readonly digest: Digest };

export class WorkspaceBlobs implements Blobs {
  /** How many chunks the server does not have yet. */
  readonly waiting = new Settable(0);
  readonly #store: BlobStore;
  readonly #api: ServerApi;
  readonly #link: ServerLink;
  readonly #mayWrite: () => boolean;
  readonly #stop: () => void;
  readonly #getting = new Map<Digest, Promise<Uint8Array<ArrayBuffer>>>();
  #sending = false;
  #closed = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: BlobStore, api: ServerApi, link: ServerLink, mayWrite: () => boolean) {
    this.#store = store;
    this.#api = api;
    this.#link = link;
    this.#mayWrite = mayWrite;
    this.#stop = link.state.subscribe(() => void this.send());
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
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
    await this.count();
    void this.send();
    return manifest;
  }

  async get(
    blob: Digest | BlobManifest,
    progress?: (fraction: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const digest = typeof blob === "string" ? blob : blob.sha256;
    const getting = this.#getting.get(digest);
    if (getting) return getting;
    const fresh = this.#get(blob, progress).finally(() => this.#getting.delete(digest));
    this.#getting.set(digest, fresh);
    return fresh;
  }

  /** One chunk, from this browser or else from the server, which is then kept here; undefined where it cannot be had. */
  async chunk(digest: Digest): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const stored = await this.#store.chunk(digest);
    const sound = stored && (await digestOf(stored)) === digest; // else it was damaged here
    return sound ? stored : this.#fetch(digest);
  }

  /** Counts again what waits: another tab may have put or sent something. */
  async count(): Promise<void> {
    this.waiting.set((await this.#store.waiting()).length);
  }

  /** The server has lost what it had. */
  async waitAgain(): Promise<void> {
    await this.#store.waitAgain();
    await this.count();
  }

  /** Sends what waits, chunk by chunk, one after another. What the server has already is only asked for. */
  async send(): Promise<void> {
    if (this.#sending || this.#closed || !this.#mayWrite()) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    const sent = await this.#sendAll().catch(() => false);
    this.#sending = false;
    if (sent) this.#failures = 0;
    else if (this.#link.state.current.kind === "online" && !this.#closed) {
      const wait = backoff(++this.#failures, LONGEST_WAIT, Math.random());
      this.#timer = setTimeout(() => void this.send(), wait);
    }
  }

  /** False where it has to be tried again. */
  async #sendAll(): Promise<boolean> {
    for (;;) {
      const [digest] = await this.#store.waiting();
      if (digest === undefined) return true;
      if (this.#closed || !(await this.#sendChunk(digest))) return false;
      await this.count();
    }
  }

  async #sendChunk(digest: Digest): Promise<boolean> {
    const token = await this.#link.token();
    if (token === undefined) return false;
    const known = await this.#api.hasChunk(token, digest);
    if (!known.ok) return this.#failed(known);
    const bytes = known.value ? undefined : await this.#store.chunk(digest);
    if (bytes) {
      const sent = await this.#api.putChunk(token, digest, bytes);
      if (!sent.ok) return this.#failed(sent);
    }
    await this.#store.uploaded(digest);
    return true;
  }

  #failed(refusal: Refused): false {
    this.#link.told(refusal);
    if (refusal.code === "unreachable") this.#link.lost();
    if (refusal.code === "bad-token") this.#link.forgetToken();
    return false;
  }

  async #get(
    blob: Digest | BlobManifest,
    progress: ((fraction: number) => void) | undefined,
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
      progress?.((i + 1) / digests.length);
    }
    // A manifest comes from other members: what it lists need not be what it names.
    if ((whole ? whole.digest() : (kept?.sha256 ?? digests[0])) !== digest) throw missing(digest);
    if (manifest && !kept) await this.#store.putManifest(manifest, false).catch(() => undefined);
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

function missing(digest: Digest): AppError<BlobFailure> {
  return new AppError<BlobFailure>({ code: "blob-missing", digest });
}

/** Off the page's thread, unlike lib/base/digest.ts: blobs are big. */
async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") as Digest;
}
