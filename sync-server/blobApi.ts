/** Chunks of blobs over HTTP: asked for by digest, within a workspace, by its members. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../lib/base/ids.ts";
import type { SignedIn } from "./access.ts";
import { Refusal, bodyOf } from "./answers.ts";
import type { Blobs } from "./blobs.ts";
import { limits } from "./limits.ts";
import type { ByteRange } from "./stores/blobs.ts";

export async function answerBlob(
  blobs: Blobs,
  request: IncomingMessage,
  response: ServerResponse,
  { workspace, member }: SignedIn,
  digest: Digest,
): Promise<void> {
  if (request.method === "PUT") {
    if (member.role === "viewer") throw new Refusal(403, "read-only");
    const body = bodyOf(request, limits.chunkBytes);
    const length = Number(request.headers["content-length"] ?? limits.chunkBytes);
    const put = await blobs.put(workspace, digest, body, Math.min(length, limits.chunkBytes));
    if (put.kind === "digest-differs") throw new Refusal(422, put.kind);
    if (put.kind === "full")
      throw new Refusal(507, "quota-exceeded", { used: put.used, limit: put.limit });
    response.writeHead(204).end();
    return;
  }
  const isHead = request.method === "HEAD";
  const size = await (isHead ? blobs.ask(workspace, digest) : blobs.size(workspace, digest));
  if (size === undefined && isHead) {
    // Asked before each upload: an answer, not a refusal. By its type clients know it from a proxy's.
    response.writeHead(404, { "content-type": "application/json" }).end();
    return;
  }
  if (size === undefined) throw new Refusal(404, "blob-missing", { sha256: digest });
  const range = parseRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  response.setHeader("content-length", range ? range.end - range.start + 1 : size);
  // Nothing that a member stored may ever run on this origin.
  response.writeHead(range ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=31536000, immutable",
    "accept-ranges": "bytes",
    ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${size}` } : {}),
  });
  if (isHead || size === 0) response.end();
  else await pipeline(await blobs.read(workspace, digest, range), response);
}

/**
 * What a client wants to know of all of them: how much room there is (no `limit` where there is no quota), and what
 * members or documents of the workspace name and the server lacks, so that whoever holds it gives it again.
 */
export async function describeBlobs(
  blobs: Blobs,
  { workspace }: SignedIn,
): Promise<{ used: number; limit?: number; wanted: readonly Digest[] }> {
  const { used, limit } = await blobs.space(workspace);
  const wanted = blobs.wanted(workspace);
  return { used, ...(Number.isFinite(limit) ? { limit } : {}), wanted };
}

/** One range of bytes; anything else that the header may say means the whole. */
function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, from = "", to = ""] = found ?? [];
  if (from === "" && to === "") return undefined;
  const range =
    from === ""
      ? { start: Math.max(0, size - Number(to)), end: size - 1 }
      : { start: Number(from), end: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
  return range.start <= range.end && range.start < size ? range : "unsatisfiable";
}
