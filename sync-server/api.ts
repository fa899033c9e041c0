/** The HTTP side: membership, sign-in, rooms and blobs of a workspace, health and numbers. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type WorkspaceId, isDigest } from "../lib/base/ids.ts";
import { asArray, asString } from "../lib/base/json.ts";
import { isWorkspaceId, parseRoomName } from "../lib/document/rooms.ts";
import { isPublicKey } from "../lib/workspace/signatures.ts";
import type { Access, SignedIn } from "./access.ts";
import { type Answer, Refusal, readJson, sendJson, sendRefusal } from "./answers.ts";
import { auditAnswers } from "./auditApi.ts";
import type { AuditLog } from "./auditLog.ts";
import { answerBlob, describeBlobs } from "./blobApi.ts";
import type { Blobs } from "./blobs.ts";
import { limits } from "./limits.ts";
import type { Identities } from "./identities.ts";
import type { Log } from "./log.ts";
import type { Meter } from "./meter.ts";
import type { Readiness } from "./readiness.ts";
import type { RateLimit } from "./rateLimit.ts";
import type { Rooms } from "./rooms.ts";
import { isDiskFull } from "./stores/diskFull.ts";
import { isStoreAway } from "./stores/storeAway.ts";
import type { Visitors } from "./visitors.ts";

export interface ApiParts {
  readonly access: Access;
  readonly audit: AuditLog;
  readonly identities: Identities;
  readonly visitors: Visitors;
  readonly rooms: Rooms;
  readonly blobs: Blobs;
  readonly meter: Meter;
  readonly readiness: Readiness;
  /** Which life of the data this is: see generation.ts. */
  readonly generation: string;
  readonly log: Log;
  readonly requests: RateLimit;
  readonly reports: RateLimit;
  readonly registrations: RateLimit;
  /** What a client has to show to register a workspace; undefined where anybody may. */
  readonly registerToken: string | undefined;
}

/** Answers the request where it is the API's; false where it is not. */
export type Api = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => Promise<boolean>;

const NOT_SIGNED_IN =
  "The proxy in front of this server did not say who you are. Open the address that goes through it, and sign in there.";

export function serveApi(parts: ApiParts): Api {
  const { access, audit, identities, visitors, rooms, blobs, meter, log } = parts;

  /** As whom a proxy knows who is asking; "" where there is none that is asked. */
  const signedInAs = (request: IncomingMessage): string => {
    const found = visitors.signedInAs(request);
    if (found === undefined) throw new Refusal(401, "not-signed-in", { words: NOT_SIGNED_IN });
    return found;
  };

  const signedIn = async (request: IncomingMessage, workspace: WorkspaceId): Promise<SignedIn> => {
    const found = await access.verify(workspace, credentials(request, "Bearer"));
    if (found === "bad-token") throw new Refusal(401, found);
    if (found === "not-a-member") throw new Refusal(403, found);
    return found;
  };

  const checkMayRegister = (request: IncomingMessage): void => {
    const { registerToken, registrations } = parts;
    if (registerToken !== undefined && !same(credentials(request, "Register"), registerToken))
      throw new Refusal(403, "register-token-needed");
    if (!registrations.allows(visitors.addressOf(request)))
      throw new Refusal(429, "too-many-workspaces", { limit: registrations.perMinute });
  };

  const addEntries: Answer = async (request, workspace) => {
    const { entries } = await readJson(request, limits.jsonBytes);
    if (!Array.isArray(entries)) throw new Refusal(400, "no-entries");
    if (!(await access.membership(workspace))) checkMayRegister(request);
    return access.addEntries(workspace, asArray(entries), signedInAs(request));
  };

  const listEntries: Answer = async (request, workspace) => {
    await signedIn(request, workspace);
    const all = await access.entries(workspace);
    return { entries: all.map((text) => JSON.parse(text) as unknown) };
  };

  const challenge: Answer = async (request, workspace) => {
    const key = asString((await readJson(request, limits.jsonBytes))["key"]);
    if (key === undefined || !isPublicKey(key)) throw new Refusal(400, "no-key");
    if (!(await access.membership(workspace))) throw new Refusal(404, "workspace-unknown");
    return { nonce: access.challenge(workspace, key) };
  };

  const token: Answer = async (request, workspace) => {
    const body = await readJson(request, limits.jsonBytes);
    const [key, nonce] = [asString(body["key"]), asString(body["nonce"])];
    const signature = asString(body["signature"]);
    if (key === undefined || nonce === undefined || signature === undefined)
      throw new Refusal(400, "malformed");
    const signed = await access.signIn(workspace, { key, nonce, signature });
    if (typeof signed === "string") {
      if (await access.membership(workspace)) audit.refused(workspace);
      throw new Refusal(signed === "bad-signature" ? 401 : 403, signed);
    }
    const { expiresAt, member } = signed;
    await identities.note({ workspace, key, member }, signedInAs(request));
    const { generation } = parts;
    return { token: signed.token, expiresAt, role: member.role, member: member.id, generation };
  };

  const answers: Readonly<Record<string, Answer>> = {
    "POST entries": addEntries,
    "GET entries": listEntries,
    "GET blobs": async (request, workspace) =>
      describeBlobs(blobs, await signedIn(request, workspace)),
    "POST challenge": challenge,
    "POST token": token,
    ...auditAnswers({ ...parts, signedIn, signedInAs }),
  };

  const deleteRoom = async (
    request: IncomingMessage,
    response: ServerResponse,
    workspace: WorkspaceId,
    name: string,
  ): Promise<void> => {
    const who = await signedIn(request, workspace);
    if (who.member.role === "viewer") throw new Refusal(403, "read-only");
    // The index and the runs are the workspace: only what has an id of its own can go.
    if (!name.includes("/") || !parseRoomName(`${workspace}/${name}`))
      throw new Refusal(400, "room-unknown", { room: name });
    await rooms.delete(`${workspace}/${name}`);
    await audit.deleted(who, name, signedInAs(request));
    response.writeHead(204).end();
  };

  const route: Api = async (request, response, path) => {
    if (path === "/healthz") {
      sendJson(response, 200, { ok: true });
      return true;
    }
    if (path === "/readyz") {
      const { ready, facts } = await parts.readiness.look();
      sendJson(response, ready ? 200 : 503, { ready, ...facts });
      return true;
    }
    if (path === "/metrics") {
      const text = await meter.text();
      response.writeHead(200, { "content-type": meter.contentType }).end(text);
      return true;
    }
    const [, w, workspace, what, ...rest] = path.split("/");
    if (w !== "w" || workspace === undefined || !isWorkspaceId(workspace)) return false;
    const { method = "" } = request;
    signedInAs(request);
    if (what === "blobs" && rest.length === 1) {
      const digest = rest[0] ?? "";
      if (!["GET", "HEAD", "PUT"].includes(method)) throw new Refusal(405, "method");
      if (!isDigest(digest)) throw new Refusal(400, "not-a-digest");
      await answerBlob(blobs, request, response, await signedIn(request, workspace), digest);
      if (method === "PUT") meter.blob("in", Number(request.headers["content-length"] ?? 0));
      if (method === "GET") meter.blob("out", Number(response.getHeader("content-length") ?? 0));
      return true;
    }
    if (what === "rooms" && method === "DELETE") {
      await deleteRoom(request, response, workspace, rest.join("/"));
      return true;
    }
    const answer = rest.length === 0 ? answers[`${method} ${what}`] : undefined;
    if (!answer) return false;
    if (!parts.requests.allows(visitors.addressOf(request)))
      throw new Refusal(429, "too-many", { limit: parts.requests.perMinute });
    sendJson(response, 200, await answer(request, workspace));
    return true;
  };

  return async (request, response, path) => {
    try {
      return await route(request, response, path);
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      else sendRefusal(request, response, refusalOf(error));
      return true;
    }
  };

  function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) {
      meter.refused(error.code);
      return error;
    }
    if (isDiskFull(error)) return new Refusal(507, "disk-full");
    if (isStoreAway(error)) return new Refusal(503, "try-later");
    log.error({ err: error }, "a request failed");
    return new Refusal(500, "server-failed");
  }
}

/** What the authorization header carries under this scheme; "" where it carries nothing. */
function credentials(request: IncomingMessage, wanted: "Bearer" | "Register"): string {
  const header = request.headers.authorization ?? "";
  return header.startsWith(`${wanted} `) ? header.slice(wanted.length + 1) : "";
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
