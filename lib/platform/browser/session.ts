/** One workspace as this tab holds it: puts together membership, server, rooms and blobs. Loaded when one is opened. */
import * as Y from "yjs";
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { type Observable, Settable } from "../../base/observable.ts";
import { listNotebooks } from "../../document/indexDoc.ts";
import { type RoomKey, parseRoomName } from "../../document/rooms.ts";
import type { UpdateLog } from "../../storage/updateLog.ts";
import type { Act } from "../../workspace/entry.ts";
import type { People } from "../../workspace/people.ts";
import type { ReportedAct } from "../../workspace/report.ts";
import type {
  AuditSource,
  Connection,
  Identities,
  Member,
  OpenRoom,
  WorkspaceSession,
} from "../../workspace/session.ts";
import type { WorkspaceFailure, WorkspaceSummary } from "../../workspace/workspaces.ts";
import { askIdentities, auditSource } from "./auditSource.ts";
import { BackgroundSync } from "./backgroundSync.ts";
import { connectionOf } from "./connection.ts";
import type { Database } from "./database.ts";
import { deviceName } from "./deviceName.ts";
import { HomeSummary } from "./homeSummary.ts";
import { type Locks, lead, openLock, share, syncLock } from "./locks.ts";
import type { StorageHealth } from "./storageHealth.ts";
import { whenRooms } from "./whenRooms.ts";
import { type Aside, asideOf } from "../../workspace/aside.ts";
import { indexedBlobStore } from "./indexedBlobStore.ts";
import { logOf } from "./databaseLog.ts";
import { MemberActs } from "./memberActs.ts";
import type { MembershipCache } from "./membershipCache.ts";
import { Reports } from "./reports.ts";
import type { SyncServer } from "./roomConnection.ts";
import { type HeldRoom, Rooms } from "./rooms.ts";
import { serverApi } from "./serverApi.ts";
import { ServerLink } from "./serverLink.ts";
import type { Tabs } from "./tabs.ts";
import { WorkspaceBlobs } from "./workspaceBlobs.ts";

export interface SessionParts {
  readonly db: Database;
  readonly tabs: Tabs;
  readonly cache: MembershipCache;
  readonly origin: string;
  readonly server: SyncServer;
  readonly locks: Locks | undefined;
  readonly health: StorageHealth;
  /** What the home page shows of it has changed. */
  summary(part: Partial<WorkspaceSummary>): Promise<void>;
  closing(over: Promise<void>): void;
}

/** A server that is there, and yet gives no content, is not waited for any longer, milliseconds. */
const PATIENCE = 20_000;

export class BrowserSession extends MemberActs implements WorkspaceSession {
  readonly id: WorkspaceId;
  readonly blobs: WorkspaceBlobs;
  readonly aside: Aside & { close(): void };
  readonly audit: AuditSource;
  readonly identities: () => Promise<Identities>;
  readonly #reports: Reports;
  readonly #parts: SessionParts;
  readonly #log: UpdateLog;
  readonly #link: ServerLink;
  readonly #rooms: Rooms;
  readonly #me: Settable<Member>;
  readonly #members: Settable<readonly Member[]>;
  readonly #connection = new Settable<Connection>({ kind: "saving", pending: 0 });
  readonly #stops: (() => void)[] = [];
  #background: BackgroundSync | undefined;
  #index: HeldRoom | undefined;
  #runs: HeldRoom | undefined;
  #home: HomeSummary | undefined;
  #closing: Promise<void> | undefined;
  readonly #letGo: () => void;
  /** Rooms that another tab wrote to, and when they are looked after. */
  readonly #heard = new Set<RoomKey>();
  #countTimer: ReturnType<typeof setTimeout> | undefined;

  private constructor(parts: SessionParts, me: Member) {
    super();
    this.#letGo = share(parts.locks, openLock(parts.cache.workspace));
    const { cache, db, origin, tabs, server } = parts;
    this.#parts = parts;
    this.id = cache.workspace;
    this.#me = new Settable(me);
    this.#members = new Settable<readonly Member[]>([]);
    const api = serverApi(origin, this.id);
    this.#link = new ServerLink(api, cache, {
      registered: () => void parts.summary({ onServer: true }).catch(() => undefined),
      wiped: () => this.#pushEverything(),
    });
    this.#reports = new Reports(db, this.id, api, this.#link);
    this.audit = auditSource(db, this.id, api, this.#link);
    this.identities = () => askIdentities(api, this.#link);
    this.#log = logOf(db);
    parts.health.follow(this.#log);
    this.aside = asideOf(this.#log, this.id);
    const mayWrite = (): boolean => this.#me.current.role !== "viewer";
    const shared = { link: this.#link, tabs, mayWrite };
    this.#rooms = new Rooms(this.id, { ...shared, log: this.#log, server });
    const kept = indexedBlobStore(db, this.id, () => void parts.health.look());
    this.blobs = new WorkspaceBlobs(this.id, { ...shared, store: kept, api });
  }

  static async open(parts: SessionParts): Promise<BrowserSession> {
    const { me } = parts.cache;
    if (!me) throw new AppError<WorkspaceFailure>({ code: "not-a-member" });
    const session = new BrowserSession(parts, me);
    await session.#start();
    return session;
  }

  get me(): Observable<Member> {
    return this.#me;
  }

  get members(): Observable<readonly Member[]> {
    return this.#members;
  }

  get people(): Observable<People> {
    return this.#parts.cache.people;
  }

  get connection(): Observable<Connection> {
    return this.#connection;
  }

  open(room: RoomKey): Promise<OpenRoom> {
    return this.#rooms.open(room);
  }

  /** A copy of a room, met with the server where it can be reached. `met`: the server's content is in it. */
  async whole(room: RoomKey): Promise<{ readonly doc: Y.Doc; readonly met: boolean }> {
    const held = await this.#rooms.hold(room, 0);
    const { state } = this.#link;
    const isDone = (): boolean =>
      held.room.merged ||
      held.room.refusal !== undefined ||
      ["offline", "refused"].includes(state.current.kind);
    await whenRooms({ rooms: this.#rooms, link: this.#link }, isDone, PATIENCE);
    const doc = new Y.Doc();
    Y.applyUpdateV2(doc, Y.encodeStateAsUpdateV2(held.room.doc));
    held.release();
    return { doc, met: held.room.merged };
  }

  report(act: ReportedAct): Promise<void> {
    return this.#reports.add(act);
  }

  /** Entries were added to what is kept, by somebody else in this tab. */
  async membershipChanged(): Promise<void> {
    await this.#parts.cache.reload();
    await this.#link.refresh();
  }

  /** Closes it for good: the workspace is being taken out of this browser. */
  async abandon(): Promise<void> {
    this.#log.drop(`${this.id}/`);
    await this.close();
  }

  close(): Promise<void> {
    if (!this.#closing) this.#parts.closing((this.#closing = this.#close()));
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#home?.close();
    this.#background?.close();
    for (const stop of this.#stops) stop();
    this.#index?.release();
    this.#runs?.release();
    this.#rooms.close();
    this.blobs.close();
    this.#reports.close();
    this.#link.close();
    this.aside.close();
    await this.#log.written();
    this.#parts.health.unkept(this.id, 0);
    this.#letGo();
  }

  async #start(): Promise<void> {
    const { cache, tabs } = this.#parts;
    await cache.sayDevice(deviceName(globalThis.navigator));
    this.#takeMembership();
    await Promise.all([this.#rooms.count(), this.blobs.count()]);
    const [index, runs] = await Promise.all([this.#rooms.hold("index"), this.#rooms.hold("runs")]);
    [this.#index, this.#runs] = [index, runs];
    const { doc } = index.room;
    const indexChanged = (): void => this.#background?.look();
    doc.on("update", indexChanged);
    const shown = (): void => this.#showConnection();
    this.#stops.push(
      () => doc.off("update", indexChanged),
      cache.membership.subscribe(() => this.#takeMembership()),
      this.#rooms.onChange(shown),
      this.#log.failure.subscribe(shown),
      this.#link.state.subscribe(shown),
      this.#link.notice.subscribe(shown),
      this.blobs.uploads.subscribe(shown),
      tabs.listen((message) => {
        if (message.kind === "membership" && message.workspace === this.id) void cache.reload();
        if (message.kind === "change" || message.kind === "acknowledged")
          this.#heardOfChange(message.room);
      }),
      () => clearTimeout(this.#countTimer),
    );
    this.#link.start();
    // One tab of this browser is enough for the blobs, and for the rooms that nobody has open.
    const leads = (): void => {
      if (this.#closing) return;
      this.blobs.lead();
      this.#background = new BackgroundSync(this.#rooms, this.#link, () => this.#ahead());
    };
    this.#stops.push(lead(this.#parts.locks, syncLock(this.id), leads));
    this.#showConnection();
    this.#home = new HomeSummary(
      { index, runs },
      () => this.#members.current,
      (part) => this.#parts.summary(part),
    );
  }

  /** What ought to be on this device before the network goes. */
  #ahead(): RoomKey[] {
    const { room } = this.#index ?? {};
    const notebooks = room ? listNotebooks(room.doc) : [];
    return ["index", "runs", ...notebooks.map(({ id }): RoomKey => `notebook/${id}`)];
  }

  protected async add(act: Act): Promise<void> {
    await this.#parts.cache.add(act);
    this.#parts.tabs.post({ kind: "membership", workspace: this.id });
    this.#showConnection();
    await this.#link.refresh();
    this.#showConnection();
  }

  #takeMembership(): void {
    const { cache } = this.#parts;
    const before = this.#me.current;
    // Shown out, one is still who one was: the server's refusal says the rest.
    const me = cache.me ?? before;
    this.#members.set([...cache.membership.current.members.values()]);
    if (me.name !== before.name || me.role !== before.role) this.#me.set(me);
    if ((me.role === "viewer") !== (before.role === "viewer"))
      void this.#rooms.roleChanged().then(() => this.#showConnection());
    this.#home?.changed();
    this.#showConnection();
  }

  #showConnection(): void {
    if (this.#closing) return;
    const unkept = this.#log.failure.current === undefined ? 0 : this.#rooms.unkept;
    this.#parts.health.unkept(this.id, unkept);
    const uploads = this.blobs.uploads.current;
    const next = connectionOf({
      link: this.#link.state.current,
      refusal: this.#rooms.refusal,
      notice: this.#link.notice.current,
      mayWrite: this.#me.current.role !== "viewer",
      overlaid: this.#rooms.overlaid,
      pending: this.#rooms.pending + uploads.chunks + this.#parts.cache.queue.length,
      uploads,
      unkept,
    });
    if (JSON.stringify(next) !== JSON.stringify(this.#connection.current))
      this.#connection.set(next);
  }

  /** Another tab has written. A room that this tab does not hold is looked after in a while. */
  #heardOfChange(name: string): void {
    const parsed = parseRoomName(name);
    if (parsed?.workspace !== this.id) return;
    this.#heard.add(parsed.room);
    this.#countTimer ??= setTimeout(() => {
      this.#countTimer = undefined;
      const heard = [...this.#heard];
      this.#heard.clear();
      void this.#rooms.count().then(() => {
        for (const key of heard)
          if (this.#rooms.dirty.includes(key)) this.#background?.lookAgain(key);
      });
    }, 500);
  }

  /** The server has nothing: every room and every blob of this browser is sent to it. */
  async #pushEverything(): Promise<void> {
    for (const name of await this.#log.rooms(`${this.id}/`)) await this.#log.mark(name);
    await Promise.all([this.#rooms.count(), this.blobs.waitAgain()]);
  }
}
