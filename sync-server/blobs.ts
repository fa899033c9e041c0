/**
 * The blobs of workspaces as members have them: within a quota, kept once, and to be relied on by whoever was told
 * that one is there. Knows nothing of HTTP and of where the bytes lie.
 */
import type { Readable } from "node:stream";
import type { Digest, WorkspaceId } from "../lib/base/ids.ts";
import type { Quota, Space } from "./quota.ts";
import type { BlobStore, ByteRange } from "./stores/blobs.ts";

export type Put =
  { readonly kind: "kept" | "digest-differs" } | ({ readonly kind: "full" } & Space);

export interface BlobsOptions {
  readonly store: BlobStore;
  readonly quota: Quota;
  /** A blob is asked for without its time being made new, up to this age, milliseconds. */
  readonly refreshMs: number;
  /** So many missing blobs of a workspace are remembered. */
  readonly mostWanted: number;
}

export class Blobs {
  readonly #options: BlobsOptions;
  readonly #wanted = new Map<WorkspaceId, Set<Digest>>();

  constructor(options: BlobsOptions) {
    this.#options = options;
  }

  /** The size in bytes, or undefined where this workspace has no such blob; then others may have it to give. */
  async size(workspace: WorkspaceId, digest: Digest): Promise<number | undefined> {
    const found = await this.#options.store.find(workspace, digest);
    if (!found) this.want(workspace, [digest]);
    return found?.size;
  }

  read(workspace: WorkspaceId, digest: Digest, range?: ByteRange): Promise<Readable> {
    return this.#options.store.read(workspace, digest, range);
  }

  /** As `size`, for whoever will not send it again: from now on it is not collected for the time of grace. */
  async ask(workspace: WorkspaceId, digest: Digest): Promise<number | undefined> {
    const { store, refreshMs } = this.#options;
    const found = await store.find(workspace, digest);
    if (found) this.#wanted.get(workspace)?.delete(digest);
    if (!found || Date.now() - found.time < refreshMs) return found?.size;
    return (await store.refresh(workspace, digest)) ? found.size : undefined;
  }

  /** Keeps bytes of at most this length. What is there already is only read past: its name says what it is. */
  async put(
    workspace: WorkspaceId,
    digest: Digest,
    bytes: AsyncIterable<Uint8Array>,
    length: number,
  ): Promise<Put> {
    const { store, quota } = this.#options;
    if ((await this.ask(workspace, digest)) !== undefined) {
      for await (const part of bytes) void part;
      return { kind: "kept" };
    }
    const held = await quota.hold(workspace, length);
    if (typeof held !== "function") {
      // Read to its end all the same: a browser that is still sending hears no answer.
      for await (const part of bytes) void part;
      return { kind: "full", ...held };
    }
    let size = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const part of bytes) {
        size += part.length;
        yield part;
      }
    };
    let kind: "kept" | "digest-differs" | undefined;
    try {
      kind = await store.write(workspace, digest, counted());
    } finally {
      held(kind === "kept" ? size : 0);
    }
    if (kind === "kept") this.#wanted.get(workspace)?.delete(digest);
    return { kind };
  }

  space(workspace: WorkspaceId): Promise<Space> {
    return this.#options.quota.space(workspace);
  }

  /** What members asked for, or documents name, and nobody has given. */
  wanted(workspace: WorkspaceId): readonly Digest[] {
    return [...(this.#wanted.get(workspace) ?? [])];
  }

  want(workspace: WorkspaceId, digests: Iterable<Digest>): void {
    const wanted = this.#wanted.get(workspace) ?? new Set();
    for (const digest of digests) {
      const [oldest] = wanted;
      if (oldest !== undefined && wanted.size >= this.#options.mostWanted) wanted.delete(oldest);
      wanted.add(digest);
    }
    if (wanted.size > 0) this.#wanted.set(workspace, wanted);
  }
}
