/**
 * A member without a browser: signs in with a key and opens rooms through the stock y-websocket provider.
 * For tests, benchmarks and scripts; nothing is kept on the disk.
 */
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { asNumber, asRecord, asString } from "../../base/json.ts";
import { type RoomKey, roomName } from "../../document/rooms.ts";
import { DURABLE_PROTOCOL, TOKEN_PREFIX } from "../../sync/wire.ts";
import { challengeBytes } from "../../workspace/challenge.ts";
import { type Entry, proofBytes, signEntry } from "../../workspace/entry.ts";
import { parseInvite } from "../../workspace/invite.ts";
import type { Role } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import { webcryptoSignatures } from "../webcrypto.ts";

/** Where a workspace is: `origin` as in "http://localhost:4321". */
export interface Place {
  readonly origin: string;
  readonly workspace: WorkspaceId;
}

export interface SignedIn {
  readonly token: string;
  readonly role: Role;
}

export interface NodeRoom {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Resolves when the server's content is here; rejects with the reason where the server refuses. */
  readonly synced: Promise<void>;
  close(): void;
}

/** Sends one JSON request to a workspace's API. Throws with the server's code where it refuses. */
export async function callApi(
  { origin, workspace }: Place,
  what: "entries" | "challenge" | "token",
  body: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${origin}/w/${workspace}/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = asRecord(await response.json()) ?? {};
  if (!response.ok) throw new Error(asString(answer["error"]) ?? `status ${response.status}`);
  return answer;
}

/** Delivers membership entries; throws with the first reason where one is refused. */
export async function deliverEntries(place: Place, entries: readonly Entry[]): Promise<void> {
  const { accepted, refused } = await callApi(place, "entries", { entries });
  if (asNumber(accepted) !== entries.length) throw new Error(`refused: ${JSON.stringify(refused)}`);
}

export async function signIn(place: Place, signer: Signer): Promise<SignedIn> {
  const key = signer.publicKey;
  const nonce = asString((await callApi(place, "challenge", { key }))["nonce"]) ?? "";
  const signature = encodeBase64url(await signer.sign(challengeBytes(place.workspace, nonce)));
  const { token, role } = await callApi(place, "token", { key, nonce, signature });
  return { token: asString(token) ?? "", role: asString(role) as Role };
}

/** Joins by an invite link, whole or from its path on; gives back where the workspace is. */
export async function joinByInvite(
  origin: string,
  link: string,
  signer: Signer,
  name: string,
): Promise<Place> {
  const url = new URL(link, origin);
  const secret = parseInvite(url.hash.slice(1));
  const invite = secret && (await webcryptoSignatures.fromSecret(secret.secret, secret.key));
  if (!invite) throw new Error("this is no invite link");
  const place: Place = { origin, workspace: (url.pathname.split("/")[2] ?? "") as WorkspaceId };
  const proof = await invite.sign(proofBytes(place.workspace, signer.publicKey));
  const world = {
    now: Date.now,
    randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  };
  const entry = await signEntry(world, signer, place.workspace, {
    kind: "join",
    invite: invite.publicKey,
    name,
    proof: encodeBase64url(proof),
  });
  await deliverEntries(place, [entry]);
  return place;
}

/** Opens a room. `durable`: asks for acknowledgements, which arrive as messages of type 120. */
export function openRoom(
  { origin, workspace }: Place,
  room: RoomKey,
  { token }: SignedIn,
  { doc = new Y.Doc(), durable = false }: { doc?: Y.Doc; durable?: boolean } = {},
): NodeRoom {
  const server = `${origin.replace(/^http/, "ws")}/sync`;
  const provider = new WebsocketProvider(server, roomName(workspace, room), doc, {
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    protocols: [...(durable ? [DURABLE_PROTOCOL] : []), TOKEN_PREFIX + token],
    disableBc: true,
  });
  const synced = new Promise<void>((resolve, reject) => {
    provider.on("sync", (isSynced: boolean) => {
      if (isSynced) resolve();
    });
    provider.on("connection-close", (event) => {
      if (event && event.code >= 4400 && event.code < 4500) reject(new Error(event.reason));
    });
  });
  synced.catch(() => undefined);
  return { doc, provider, synced, close: () => provider.destroy() };
}
