/** Reading requests and answering them: JSON both ways, errors as a code with facts and never prose. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { asRecord } from "../lib/base/json.ts";
import type { RefusalCode } from "../lib/sync/refusals.ts";

/** Answers a request to a workspace's API with what is sent as JSON. */
export type Answer = (request: IncomingMessage, workspace: WorkspaceId) => Promise<unknown>;

/** A refusal that the client is told by status, code and facts. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(status: number, code: RefusalCode, facts: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

/** Answers with the refusal. What the client is still sending is not waited for. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, facts }: Refusal,
): void {
  if (!request.complete) response.setHeader("connection", "close");
  sendJson(response, status, { error: code, ...facts });
}

export async function readJson(
  request: IncomingMessage,
  longest: number,
): Promise<Record<string, unknown>> {
  const parts: Uint8Array[] = [];
  for await (const part of bodyOf(request, longest)) parts.push(part);
  try {
    const record = asRecord(JSON.parse(Buffer.concat(parts).toString("utf8")));
    if (record) return record;
  } catch {
    // falls through: no JSON, or no object
  }
  throw new Refusal(400, "not-json");
}

/**
 * A request's body, refused as soon as it is known to be too long. Leaving the loop early does not hang
 * up, so that the client can still be told why.
 */
export async function* bodyOf(
  request: IncomingMessage,
  longest: number,
): AsyncGenerator<Uint8Array> {
  const tooBig = new Refusal(413, "too-big", { limit: longest });
  if (Number(request.headers["content-length"] ?? 0) > longest) throw tooBig;
  let size = 0;
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const part of parts) {
    size += part.length;
    if (size > longest) throw tooBig;
    yield part;
  }
}
