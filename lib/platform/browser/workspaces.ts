/**
 * The workspaces of this browser: what the app starts from. Small, since the home page loads it; documents
 * and their synchronisation come with the first workspace that is opened.
 */
import { AppError } from "../../base/errors.ts";
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { type Observable, Settable } from "../../base/observable.ts";
import { MAX_NAME } from "../../workspace/entry.ts";
import type { WorkspaceSession } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import { workspaceIdOf } from "../../workspace/workspaceId.ts";
import type { OpenWorkspace, WorkspaceFailure, Workspaces } from "../../workspace/workspaces.ts";
import { type Database, openDatabase } from "./database.ts";
import { BrowserDeviceStorage } from "./deviceStorage.ts";
import type { Locks } from "./locks.ts";
import type { BrowserSession } from "./session.ts";
import { type StorageCount, StorageHealth } from "./storageHealth.ts";
import { deviceSigner, readName, writeName } from "./device.ts";
import { deviceName } from "./deviceName.ts";
import { Entrances } from "./entrances.ts";
import { sendLeftovers } from "./leftovers.ts";
import { MembershipCache } from "./membershipCache.ts";
import { OwnDevices } from "./ownDevices.ts";
import type { SyncServer } from "./roomConnection.ts";
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
  #closing: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** Open only to send what was left: nobody looks at them. */
  readonly #unseen = new Map<WorkspaceId, number>();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly devices: OwnDevices;
  readonly #entrances: Entrances;

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
    this.devices = new OwnDevices({
      ...parts,
      added: (workspace) => this.#told(workspace),
      entered: (workspace, name) => this.#entered(workspace, name),
    });
    this.#entrances = new Entrances({
      ...parts,
      myName: () => this.#name,
      entered: async (cache) => {
        void health.askToKeep();
        await this.devices.addRecovery(cache);
      },
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
    await cache.sayDevice(deviceName(globalThis.navigator));
    await this.devices.addRecovery(cache);
    const { writeTitle } = await import("./databaseLog.ts");
    await writeTitle(db, id, title);
    const members = [...cache.membership.current.members.values()];
    await summaries.add({ ...newSummary(id), title, members });
    return id;
  }

  join(workspace: WorkspaceId, fragment: string): Promise<void> {
    return this.#entrances.join(workspace, fragment);
  }

  openTo(workspace: WorkspaceId): Promise<OpenWorkspace> {
    return this.#entrances.openTo(workspace);
  }

  joinOpen(workspace: WorkspaceId): Promise<void> {
    return this.#entrances.joinOpen(workspace);
  }

  async open(workspace: WorkspaceId): Promise<WorkspaceSession> {
    this.#unseen.delete(workspace);
    const session = await this.#session(workspace);
    // A full disk keeps nobody from their work.
    const { summaries } = this.#parts;
    await summaries.patch(workspace, { openedAt: browserWorld.now() }).catch(() => undefined);
    return session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const sessions = await Promise.allSettled(this.#open.values());
    for (const one of sessions) if (one.status === "fulfilled") void one.value.close();
    await this.#closing;
    this.#parts.tabs.close();
    this.#parts.health.close();
    this.#parts.db.close();
  }

  /** A member has a name from the first moment; it can be changed. */
  get #name(): string {
    return this.#myName.current || NAMELESS;
  }

  /** Entries of a workspace have changed that may be open here or in another tab. */
  async #told(workspace: WorkspaceId): Promise<void> {
    this.#parts.tabs.post({ kind: "membership", workspace });
    const session = await this.#open.get(workspace)?.catch(() => undefined);
    await session?.membershipChanged();
  }

  /** This person has come in on this device: under the name that they have there, and with what is in it. */
  async #entered(workspace: WorkspaceId, name: string): Promise<void> {
    void this.#parts.health.askToKeep();
    if (this.#myName.current === "") await this.setMyName(name);
    await this.#told(workspace);
    void this.#fetch(workspace).catch(() => undefined);
  }

  /** Fetches the title and what is wanted offline, without anybody looking at it. */
  async #fetch(id: WorkspaceId): Promise<void> {
    const unseen = await this.#openUnseen(id);
    (await unseen?.session.whole("index"))?.doc.destroy();
    await unseen?.done();
  }

  #session(workspace: WorkspaceId): Promise<BrowserSession> {
    const known = this.#open.get(workspace);
    if (known) return known;
    // What is looked for in the background goes on for a while.
    if (this.#isClosed) return Promise.reject(new Error("the tab is closed"));
    const opening = this.#openNew(workspace);
    this.#open.set(workspace, opening);
    opening.catch(() => this.#open.delete(workspace));
    return opening;
  }

  async #lookAround(): Promise<void> {
    await this.storage.tidy();
    const ids = this.list.current.map(({ id }) => id);
    // Where it is open already the app's own would be closed.
    await sendLeftovers(this.#parts.db, ids, async (id) =>
      this.#open.has(id) ? undefined : this.#openUnseen(id),
    );
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
      // It uses the storage until that is over.
      closing: (over) => {
        this.#open.delete(workspace);
        this.#closing = Promise.allSettled([this.#closing, over]);
      },
    });
  }
}
