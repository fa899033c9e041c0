/** Chunks of blobs over HTTP: asked for by digest, within a workspace, by its members. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../lib/base/ids.ts";
import type { SignedIn } from "./access.ts";
import { Refusal, bodyOf } from "./answers.ts";
import type { Blobs } from "./blobs.ts";
import { limits } from "./limits.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

export async function answerBlob(
  blobs: Blobs,
  request: IncomingMessage,
  response: ServerResponse,
  { workspace, member }: SignedIn,
  digest: Digest,
): Promise<void> {
  if (request.method === "PUT") {
    if (member.role === "viewer") throw new Refusal(403, "read-only");
    // Sent again, it is only read past: what stands under a digest is right already.
    const known = (await blobs.size(workspace, digest)) !== undefined;
    const body = bodyOf(request, limits.chunkBytes);
    if (known) for await (const part of body) void part;
    else {
      const kept = await blobs.write(workspace, digest, body);
      if (kept === "digest-differs") throw new Refusal(422, kept);
    }
    response.writeHead(204).end();
    return;
  }
  const size = await blobs.size(workspace, digest);
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
  if (request.method === "HEAD") response.end();
  else await pipeline(blobs.read(workspace, digest, range), response);
}

/** One range of bytes; anything else that the header may say means the whole. */
function parseRange(header: string | undefined, size: number): Range | "unsatisfiable" | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, from = "", to = ""] = found ?? [];
  if (from === "" && to === "") return undefined;
  const range =
    from === ""
      ? { start: Math.max(0, size - Number(to)), end: size - 1 }
      : { start: Number(from), end: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
  return range.start <= range.end && range.start < size ? range : "unsatisfiable";
}
