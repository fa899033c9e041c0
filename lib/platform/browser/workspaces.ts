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
import { deviceSigner, readName, writeName } from "./device.ts";
import { delivered, hasLeftovers } from "./leftovers.ts";
import { MembershipCache } from "./membershipCache.ts";
import type { SyncServer } from "./roomConnection.ts";
import { serverApi } from "./serverApi.ts";
import { Summaries } from "./summaries.ts";
import { type Channel, type Tabs, openTabs } from "./tabs.ts";
import { browserWorld } from "./world.ts";

export interface WorkspacesOptions {
  /** Where the server is, as in "http://localhost:4321". */
  readonly origin?: string;
  readonly indexedDB?: IDBFactory;
  readonly WebSocket?: typeof WebSocket;
  readonly openChannel?: (name: string) => Channel;
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
  const db = await openStorage(options.indexedDB);
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
}

class LocalWorkspaces implements BrowserWorkspaces {
  readonly #parts: Parts;
  readonly #myName: Settable<string>;
  readonly #open = new Map<WorkspaceId, Promise<WorkspaceSession>>();
  /** Open only to send what was left: nobody looks at them. */
  readonly #unseen = new Set<WorkspaceId>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#myName = new Settable(parts.name);
    this.#timer = setTimeout(() => void this.#sendLeftovers().catch(() => undefined), FIRST_THINGS);
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
    const { db, signer, summaries } = this.#parts;
    void askToKeep();
    const salt = encodeBase64url(browserWorld.randomBytes(12));
    const id = workspaceIdOf(signer.publicKey, salt);
    const cache = await MembershipCache.open(db, id, signer);
    await cache.add({ kind: "genesis", salt, name: this.#name });
    const { writeTitle } = await import("./session.ts");
    await writeTitle(db, id, title);
    const members = [...cache.membership.current.members.values()];
    await summaries.add({ ...empty(id), title, members });
    return id;
  }

  async join(workspace: WorkspaceId, fragment: string): Promise<void> {
    const { db, signer, summaries, origin } = this.#parts;
    const cache = await MembershipCache.open(db, workspace, signer);
    if (cache.me && summaries.has(workspace)) return;
    const parsed = parseInvite(fragment);
    const invite = parsed && (await webcryptoSignatures.fromSecret(parsed.secret, parsed.key));
    if (!invite) throw failure("invite-malformed");
    void askToKeep();
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
    const entries = token.ok ? await api.entries(token.value) : token;
    if (!entries.ok)
      throw failure(
        joinFailure(!taken && entries.code === "not-a-member" ? refusal : entries.code),
      );
    await cache.serverHas(entries.value);
    const members = [...cache.membership.current.members.values()];
    await summaries.add({ ...empty(workspace), members, onServer: true });
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
    this.#parts.db.close();
  }

  /** A member has a name from the first moment; it can be changed. */
  get #name(): string {
    return this.#myName.current || NAMELESS;
  }

  #session(workspace: WorkspaceId): Promise<WorkspaceSession> {
    const known = this.#open.get(workspace);
    if (known) return known;
    const opening = this.#openNew(workspace);
    this.#open.set(workspace, opening);
    opening.catch(() => this.#open.delete(workspace));
    return opening;
  }

  /** One workspace after another, and only those that have something to send. */
  async #sendLeftovers(): Promise<void> {
    for (const { id } of this.list.current) {
      // Whether it is open is asked last, with nothing awaited after: else the app's own would be closed.
      if (!(await hasLeftovers(this.#parts.db, id)) || this.#open.has(id)) continue;
      this.#unseen.add(id);
      const session = await this.#session(id);
      await delivered(session);
      if (this.#unseen.delete(id)) await session.close();
    }
  }

  async #openNew(workspace: WorkspaceId): Promise<WorkspaceSession> {
    const { db, signer, tabs, summaries, origin, server } = this.#parts;
    if (!summaries.has(workspace)) await summaries.read();
    if (!summaries.has(workspace)) throw failure("workspace-unknown");
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
      summary: (part) => summaries.patch(workspace, part),
      closed: () => void this.#open.delete(workspace),
    });
  }
}

async function openStorage(factory: IDBFactory | undefined): Promise<Database> {
  try {
    return await openDatabase(factory ?? globalThis.indexedDB);
  } catch (error) {
    throw new AppError<WorkspaceFailure>({ code: "no-storage" }, error);
  }
}

/** Asks the browser not to throw away what is kept here when space gets short. */
async function askToKeep(): Promise<void> {
  const { storage } = (globalThis.navigator as Partial<Navigator> | undefined) ?? {};
  await storage?.persist().catch(() => false);
}

function empty(id: WorkspaceId): Parameters<Summaries["add"]>[0] {
  const counts = { notebooks: 0, datasets: 0, runs: 0 };
  return { id, title: "", ...counts, members: [], openedAt: browserWorld.now(), onServer: false };
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
