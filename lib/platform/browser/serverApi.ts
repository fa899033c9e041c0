/** The server's HTTP side, asked for one workspace. What it says is parsed; that it says nothing is a value. */
import { encodeBase64url } from "../../base/base64url.ts";
import { type Digest, type WorkspaceId, isDigest } from "../../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../../base/json.ts";
import type { Refused } from "../../sync/refusals.ts";
import { challengeBytes } from "../../workspace/challenge.ts";
import { type Entry, parseEntry } from "../../workspace/entry.ts";
import type { Report } from "../../workspace/report.ts";
import type { Identities } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import type { OpenWorkspace } from "../../workspace/workspaces.ts";

/** Without an answer for so long the server counts as out of reach, milliseconds. */
const PATIENCE = 8_000;
/** Three chunks of 4 MiB at once over a slow line. */
const BLOB_PATIENCE = 300_000;

export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  /** `code`: the server's word for why not, or "unreachable". */
  | ({ readonly ok: false } & Refused);

/** Bytes of a workspace's blobs on the server, and the chunks that are named there and that it lacks. */
export interface BlobSpace {
  readonly used: number;
  /** Infinity where there is no quota. */
  readonly limit: number;
  readonly wanted: readonly Digest[];
}

export interface Delivered {
  /** Why an entry was not taken, by its place in the delivery. */
  readonly refused: ReadonlyMap<number, string>;
}

export interface AuditAnswer {
  readonly records: readonly unknown[];
  readonly more: boolean;
}

export interface SignedIn {
  readonly token: string;
  /** Another one than before says that the server's data was restored, and may lack what it had. */
  readonly generation: string | undefined;
}

export interface ServerApi {
  deliver(entries: readonly Entry[]): Promise<Asked<Delivered>>;
  /** A token for whoever holds this key. */
  signIn(signer: Signer): Promise<Asked<SignedIn>>;
  entries(token: string): Promise<Asked<readonly Entry[]>>;
  /** Tells the audit log. */
  report(token: string, reports: readonly Report[]): Promise<Asked<void>>;
  /** The audit log after the record of this number. */
  audit(token: string, after: number): Promise<Asked<AuditAnswer>>;
  /** As whom a proxy knows the members. */
  people(token: string): Promise<Asked<Identities>>;
  /** As what anybody may join whom a proxy knows. */
  open(): Promise<Asked<OpenWorkspace>>;
  blobs(token: string): Promise<Asked<BlobSpace>>;
  hasChunk(token: string, digest: Digest, signal: AbortSignal): Promise<Asked<boolean>>;
  /** Cut off where the signal says so: then the server has nothing of it. */
  putChunk(
    token: string,
    digest: Digest,
    bytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Asked<void>>;
  chunk(token: string, digest: Digest): Promise<Asked<Uint8Array<ArrayBuffer>>>;
}

const HEAD_CODES: Readonly<Record<number, string>> = {
  401: "bad-token",
  403: "not-a-member",
  429: "too-many",
};

function patient(ms: number, signal: AbortSignal | null | undefined): AbortSignal {
  const patience = AbortSignal.timeout(ms);
  return signal ? AbortSignal.any([patience, signal]) : patience;
}

export function serverApi(origin: string, workspace: WorkspaceId): ServerApi {
  const ask = async <T>(
    path: string,
    init: RequestInit,
    patience: number,
    read: (response: Response) => Promise<T>,
  ): Promise<Asked<T>> => {
    try {
      const response = await fetch(`${origin}/w/${workspace}/${path}`, {
        ...init,
        signal: patient(patience, init.signal),
      });
      if (response.ok) return { ok: true, value: await read(response) };
      const body = asRecord(await response.json().catch(() => undefined));
      // Without a code it is not our server that answered: a proxy in front of it, say.
      const code = asString(body?.["error"]) ?? "unreachable";
      const limit = asNumber(body?.["limit"]);
      return { ok: false, code, ...(limit === undefined ? {} : { limit }) };
    } catch {
      return { ok: false, code: "unreachable" };
    }
  };
  const json = async (response: Response): Promise<Record<string, unknown>> =>
    asRecord(await response.json()) ?? {};
  const post = <T>(
    what: string,
    body: unknown,
    read: (answer: Record<string, unknown>) => T,
    headers: Record<string, string> = {},
  ): Promise<Asked<T>> =>
    ask(
      what,
      {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      },
      PATIENCE,
      async (response) => read(await json(response)),
    );
  const get = <T>(
    what: string,
    headers: Record<string, string>,
    read: (answer: Record<string, unknown>) => T,
  ): Promise<Asked<T>> =>
    ask(what, { headers }, PATIENCE, async (response) => read(await json(response)));
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  return {
    deliver: (entries) =>
      post("entries", { entries }, ({ refused }) => ({
        refused: new Map(
          asArray(refused).map((one) => {
            const record = asRecord(one);
            return [asNumber(record?.["index"]) ?? -1, asString(record?.["reason"]) ?? ""];
          }),
        ),
      })),
    async signIn(signer) {
      const key = signer.publicKey;
      const challenge = await post("challenge", { key }, ({ nonce }) => asString(nonce) ?? "");
      if (!challenge.ok) return challenge;
      const nonce = challenge.value;
      const signature = encodeBase64url(await signer.sign(challengeBytes(workspace, nonce)));
      return post("token", { key, nonce, signature }, ({ token, generation }) => ({
        token: asString(token) ?? "",
        generation: asString(generation),
      }));
    },
    entries: (token) =>
      get("entries", bearer(token), ({ entries }) =>
        asArray(entries)
          .map(parseEntry)
          .filter((entry) => entry !== undefined),
      ),
    report: (token, reports) => post("audit", { reports }, () => undefined, bearer(token)),
    audit: (token, after) =>
      get(`audit?after=${after}`, bearer(token), ({ records, more }) => ({
        records: asArray(records),
        more: more === true,
      })),
    people: (token) =>
      get("people", bearer(token), ({ proxy, signedInAs, devices }) => ({
        proxy: proxy === true,
        signedInAs: asString(signedInAs) ?? "",
        devices: new Map(
          Object.entries(asRecord(devices) ?? {}).map(([key, one]) => [key, asString(one) ?? ""]),
        ),
      })),
    open: () =>
      get("open", {}, ({ role, signedInAs }) => ({
        role: role === "editor" || role === "viewer" ? role : "nobody",
        signedInAs: asString(signedInAs) ?? "",
      })),
    blobs: (token) =>
      ask("blobs", { headers: bearer(token) }, PATIENCE, async (response) => {
        const { used, limit, wanted } = await json(response);
        return {
          used: asNumber(used) ?? 0,
          limit: asNumber(limit) ?? Infinity,
          wanted: asArray(wanted).filter(
            (one): one is Digest => typeof one === "string" && isDigest(one),
          ),
        };
      }),
    async hasChunk(token, digest, signal) {
      const init = { method: "HEAD", headers: bearer(token) };
      try {
        const { ok, status, headers } = await fetch(`${origin}/w/${workspace}/blobs/${digest}`, {
          ...init,
          signal: patient(PATIENCE, signal),
        });
        // An answer to HEAD has no words; one of a proxy in front is not JSON either.
        if (ok) return { ok: true, value: true };
        if (headers.get("content-type") !== "application/json")
          return { ok: false, code: "unreachable" };
        return status === 404
          ? { ok: true, value: false }
          : { ok: false, code: HEAD_CODES[status] ?? "server-failed" };
      } catch {
        return { ok: false, code: "unreachable" };
      }
    },
    putChunk: (token, digest, bytes, signal) =>
      ask(
        `blobs/${digest}`,
        // Of bytes the browser makes slow copies on the page's thread, a quarter of a second for each chunk.
        { method: "PUT", headers: bearer(token), body: new Blob([bytes]), signal },
        BLOB_PATIENCE,
        () => Promise.resolve(),
      ),
    chunk: (token, digest) =>
      ask(
        `blobs/${digest}`,
        { headers: bearer(token) },
        BLOB_PATIENCE,
        async (response) => new Uint8Array(await response.arrayBuffer()),
      ),
  };
}
