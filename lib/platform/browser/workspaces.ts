/**
 * The workspaces of this browser: what the app starts from. Small, since the home page loads it; documents
 * and their synchronisation come with the first workspace that is opened.
 */
import { AppError } from "../../base/errors.ts";
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { type Observable, Settable } from "../../base/observable.ts";
import { MAX_NAME, proofBytes, signEntry } from "../../workspace/entry.ts";
import { parseInvite } from "../../workspace/invite.ts";
import type { WorkspaceSession } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import { workspaceIdOf } from "../../workspace/workspaceId.ts";
import type { WorkspaceFailure, Workspaces } from "../../workspace/workspaces.ts";
import { webcryptoSignatures } from "../webcrypto.ts";
import { type Database, openDatabase } from "./database.ts";
import { BrowserDeviceStorage } from "./deviceStorage.ts";
import type { Locks } from "./locks.ts";
import type { BrowserSession } from "./session.ts";
import { type StorageCount, StorageHealth } from "./storageHealth.ts";
import { deviceSigner, readName, writeName } from "./device.ts";
import { delivered, hasLeftovers } from "./leftovers.ts";
import { MembershipCache } from "./membershipCache.ts";
import type { SyncServer } from "./roomConnection.ts";
import { serverApi } from "./serverApi.ts";
import { comeBack } from "./comeBack.ts";
import { Summaries, newSummary } from "./summaries.ts";
import { type Channel, type Tabs, openTabs } from "./tabs.ts";
import { browserWorld } from "./world.ts";

export interface WorkspacesOptions {
  /** Where the server is, as in "http://localhost:4321". */
  readonly origin?: string;
  readonly indexedDB?: IDBFactory;
  readonly WebSocket?: typeof WebSocket;
  readonly openChannel?: (name: string) => Channel;
  readonly locks?: Locks;
  readonly storage?: StorageCount;
}

/** The same, to be closed: tests and a page that goes away. */
export interface BrowserWorkspaces extends Workspaces {
  close(): Promise<void>;
}

const NAMELESS = "Somebody";
/** The page that is being opened comes before what other workspaces have to send, milliseconds. */
const FIRST_THINGS = 1_500;

/** Throws AppError "no-keys" on a page that is not secure, "no-storage" where nothing can be kept. */
export async function openWorkspaces(options: WorkspacesOptions = {}): Promise<BrowserWorkspaces> {
  // A page over plain http has no crypto.subtle, whatever the types say.
  if ((globalThis.crypto as Partial<Crypto> | undefined)?.subtle === undefined)
    throw new AppError<WorkspaceFailure>({ code: "no-keys" });
  const { storage, locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  const health = new StorageHealth(options.storage ?? storage ?? {});
  const db = await openDatabase(options.indexedDB ?? globalThis.indexedDB, health);
  const signer = await deviceSigner(db);
  const openChannel = options.openChannel ?? ((name: string) => new BroadcastChannel(name));
  const tabs = openTabs(openChannel("ensemble"));
  const summaries = new Summaries(db, tabs);
  const [name] = await Promise.all([readName(db), summaries.read()]);
  const origin = options.origin ?? globalThis.location.origin;
  return new LocalWorkspaces({
    db,
    signer,
    tabs,
    summaries,
    origin,
    name,
    health,
    locks: options.locks ?? locks,
    server: {
      url: `${origin.replace(/^http/, "ws")}/sync`,
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
    },
  });
}

interface Parts {
  readonly db: Database;
  readonly signer: Signer;
  readonly tabs: Tabs;
  readonly summaries: Summaries;
  readonly origin: string;
  readonly name: string;
  readonly server: SyncServer;
  readonly locks: Locks | undefined;
  readonly health: StorageHealth;
}

class LocalWorkspaces implements BrowserWorkspaces {
  readonly #parts: Parts;
  readonly #myName: Settable<string>;
  readonly storage: BrowserDeviceStorage;
  readonly #open = new Map<WorkspaceId, Promise<BrowserSession>>();
  /** Open only to send what was left: nobody looks at them. */
  readonly #unseen = new Map<WorkspaceId, number>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#myName = new Settable(parts.name);
    const { db, signer, tabs, locks, health, summaries } = parts;
    this.storage = new BrowserDeviceStorage({
      db,
      signer,
      tabs,
      locks,
      health,
      myName: () => this.#name,
      unseen: (id) => this.#openUnseen(id),
      abandon: (id) => this.#abandon(id),
      list: (id, title, members) => summaries.add({ ...newSummary(id), title, members }),
      changed: () => summaries.changed(),
    });
    tabs.listen((message) => {
      if (message.kind === "removed") void this.#abandon(message.workspace as WorkspaceId);
    });
    this.#timer = setTimeout(() => void this.#lookAround().catch(() => undefined), FIRST_THINGS);
  }

  get list(): Workspaces["list"] {
    return this.#parts.summaries.list;
  }

  get myName(): Observable<string> {
    return this.#myName;
  }

  async setMyName(name: string): Promise<void> {
    const kept = name.trim().slice(0, MAX_NAME);
    await writeName(this.#parts.db, kept);
    this.#myName.set(kept);
  }

  async create(title: string): Promise<WorkspaceId> {
    const { db, signer, summaries, health } = this.#parts;
    void health.askToKeep();
    const salt = encodeBase64url(browserWorld.randomBytes(12));
    const id = workspaceIdOf(signer.publicKey, salt);
    const cache = await MembershipCache.open(db, id, signer);
    await cache.add({ kind: "genesis", salt, name: this.#name });
    const { writeTitle } = await import("./databaseLog.ts");
    await writeTitle(db, id, title);
    const members = [...cache.membership.current.members.values()];
    await summaries.add({ ...newSummary(id), title, members });
    return id;
  }

  async join(workspace: WorkspaceId, fragment: string): Promise<void> {
    const { db, signer, summaries, origin, health } = this.#parts;
    const cache = await MembershipCache.open(db, workspace, signer);
    if (cache.me && summaries.has(workspace)) return;
    const parsed = parseInvite(fragment);
    const invite = parsed && (await webcryptoSignatures.fromSecret(parsed.secret, parsed.key));
    if (!invite) throw failure("invite-malformed");
    void health.askToKeep();
    const proof = encodeBase64url(await invite.sign(proofBytes(workspace, signer.publicKey)));
    const entry = await signEntry(browserWorld, signer, workspace, {
      kind: "join",
      invite: invite.publicKey,
      name: this.#name,
      proof,
    });
    const api = serverApi(origin, workspace);
    const delivered = await api.deliver([entry]);
    const refusal = delivered.ok ? delivered.value.refused.get(0) : delivered.code;
    const taken = refusal === undefined || refusal === "already-a-member";
    // A server that has no such workspace knows no invite either: signing in tells the two apart.
    if (!taken && refusal !== "invite-unknown") throw failure(joinFailure(refusal));
    const token = await api.signIn(signer);
    const entries = token.ok ? await api.entries(token.value.token) : token;
    if (!entries.ok)
      throw failure(
        joinFailure(!taken && entries.code === "not-a-member" ? refusal : entries.code),
      );
    await cache.serverHas(entries.value);
    const members = [...cache.membership.current.members.values()];
    await summaries.add({ ...newSummary(workspace), members, onServer: true });
  }

  async open(workspace: WorkspaceId): Promise<WorkspaceSession> {
    this.#unseen.delete(workspace);
    const session = await this.#session(workspace);
    await this.#parts.summaries.patch(workspace, { openedAt: browserWorld.now() });
    return session;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const sessions = await Promise.allSettled(this.#open.values());
    for (const one of sessions) if (one.status === "fulfilled") await one.value.close();
    this.#parts.tabs.close();
    this.#parts.health.close();
    this.#parts.db.close();
  }

  /** A member has a name from the first moment; it can be changed. */
  get #name(): string {
    return this.#myName.current || NAMELESS;
  }

  #session(workspace: WorkspaceId): Promise<BrowserSession> {
    const known = this.#open.get(workspace);
    if (known) return known;
    const opening = this.#openNew(workspace);
    this.#open.set(workspace, opening);
    opening.catch(() => this.#open.delete(workspace));
    return opening;
  }

  async #lookAround(): Promise<void> {
    await this.storage.tidy();
    await this.#sendLeftovers();
  }

  /** One workspace after another, and only those that have something to send. */
  async #sendLeftovers(): Promise<void> {
    for (const { id } of this.list.current) {
      // Whether it is open is asked last, with nothing awaited after: else the app's own would be closed.
      if (!(await hasLeftovers(this.#parts.db, id)) || this.#open.has(id)) continue;
      const unseen = await this.#openUnseen(id);
      if (unseen) await delivered(unseen.session);
      await unseen?.done();
    }
  }

  /** Opens it for something to be done in it; then it is closed, unless somebody looks at it by then. */
  async #openUnseen(
    id: WorkspaceId,
  ): Promise<{ session: BrowserSession; done: () => Promise<void> } | undefined> {
    const before = this.#unseen.get(id) ?? 0;
    if (before > 0 || !this.#open.has(id)) this.#unseen.set(id, before + 1);
    const session = await this.#session(id).catch(() => undefined);
    const done = async (): Promise<void> => {
      const count = this.#unseen.get(id);
      if (count === undefined) return;
      if (count > 1) this.#unseen.set(id, count - 1);
      else if (this.#unseen.delete(id)) await session?.close();
    };
    if (session) return { session, done };
    await done();
    return undefined;
  }

  async #abandon(id: WorkspaceId): Promise<void> {
    this.#unseen.delete(id);
    const session = await this.#open.get(id)?.catch(() => undefined);
    await session?.abandon();
  }

  async #openNew(workspace: WorkspaceId): Promise<BrowserSession> {
    const { db, signer, tabs, summaries, origin, server, locks, health } = this.#parts;
    if (!summaries.has(workspace)) await summaries.read();
    if (!summaries.has(workspace)) await comeBack(this.#parts, workspace);
    const [cache, { BrowserSession }] = await Promise.all([
      MembershipCache.open(db, workspace, signer),
      import("./session.ts"),
    ]);
    return BrowserSession.open({
      db,
      tabs,
      cache,
      origin,
      server,
      locks,
      health,
      summary: (part) => summaries.patch(workspace, part),
      closed: () => void this.#open.delete(workspace),
    });
  }
}

function failure(code: WorkspaceFailure["code"]): AppError<WorkspaceFailure> {
  return new AppError<WorkspaceFailure>({ code });
}

/** The server's word for a refusal, as the person who wants to join has to hear it. */
function joinFailure(code: string): WorkspaceFailure["code"] {
  switch (code) {
    case "invite-unknown":
    case "invite-used-up":
    case "invite-expired":
    case "not-a-member":
      return code;
    case "not-authentic":
      return "invite-malformed";
    case "no-genesis":
    case "workspace-unknown":
    case "register-token-needed":
      return "workspace-unknown";
    default:
      return "server-unreachable";
  }
}
