/** A workspace open in memory: real documents and awareness, no server, nothing kept. */
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { digestBytes } from "../base/digest.ts";
import { AppError } from "../base/errors.ts";
import type { Digest, MemberId, WorkspaceId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import { NOBODY, type People } from "../workspace/people.ts";
import type { ReportedAct } from "../workspace/report.ts";
import type { RoomKey } from "../document/rooms.ts";
import { type Aside, asideOf } from "../workspace/aside.ts";
import { memoryUpdateLog } from "./memoryStorage.ts";
import type {
  AuditMark,
  BlobManifest,
  Connection,
  Identities,
  InviteOptions,
  Member,
  OpenRoom,
  Role,
  WorkspaceSession,
} from "../workspace/session.ts";

export class MemorySession implements WorkspaceSession {
  readonly id: WorkspaceId;
  readonly me: Settable<Member>;
  readonly members: Settable<readonly Member[]>;
  readonly connection = new Settable<Connection>({ kind: "saved" });
  /** The invites that were made, for a test to look at. */
  readonly invites: InviteOptions[] = [];
  /** What the session's drafts and damages are kept in. */
  readonly log = memoryUpdateLog();
  readonly aside: Aside;
  readonly people = new Settable<People>(NOBODY);
  /** What the audit log was told. */
  readonly reports: ReportedAct[] = [];
  /** What the server's audit log holds, and how far it was seen. */
  records: readonly unknown[] = [];
  mark: AuditMark | undefined;
  known: Identities = { proxy: false, signedInAs: "", devices: new Map() };
  /** What was asked for besides, in words: "withdraw k1". */
  readonly asked: string[] = [];
  readonly #rooms = new Map<RoomKey, OpenRoom>();
  readonly #bytes = new Map<Digest, Uint8Array<ArrayBuffer>>();

  constructor(id: WorkspaceId, me: Member, others: readonly Member[] = []) {
    this.id = id;
    this.aside = asideOf(this.log, id);
    this.me = new Settable(me);
    this.members = new Settable<readonly Member[]>([me, ...others]);
  }

  readonly blobs = {
    put: (bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<BlobManifest> => {
      const sha256 = digestBytes(bytes);
      this.#bytes.set(sha256, bytes);
      return Promise.resolve({ sha256, size: bytes.length, mime, chunks: [sha256] });
    },
    get: (blob: Digest | BlobManifest): Promise<Uint8Array<ArrayBuffer>> => {
      const digest = typeof blob === "string" ? blob : blob.sha256;
      const bytes = this.#bytes.get(digest);
      return bytes
        ? Promise.resolve(bytes)
        : Promise.reject(new AppError({ code: "blob-missing", digest }));
    },
  };

  open(key: RoomKey): Promise<OpenRoom> {
    let room = this.#rooms.get(key);
    if (!room) {
      const doc = new Y.Doc();
      const awareness = new Awareness(doc);
      room = { doc, awareness, synced: new Settable(true), close: () => undefined };
      this.#rooms.set(key, room);
    }
    return Promise.resolve(room);
  }

  invite(options: InviteOptions): Promise<string> {
    this.invites.push(options);
    const { role, expiresAt, uses: left } = options;
    const key = "A".repeat(43);
    const delivered = this.connection.current.kind === "saved";
    const invite = { key, role, expiresAt, left, by: this.me.current.id, delivered };
    const people = this.people.current;
    this.people.set({ ...people, invites: [...people.invites, invite] });
    return Promise.resolve(`/join/${this.id}#${key}.${key}`);
  }

  rename(name: string): Promise<void> {
    const me = { ...this.me.current, name };
    this.me.set(me);
    this.members.set(this.members.current.map((one) => (one.id === me.id ? me : one)));
    return Promise.resolve();
  }

  setRole(member: MemberId, role: Role): Promise<void> {
    this.members.set(
      this.members.current.map((one) => (one.id === member ? { ...one, role } : one)),
    );
    return Promise.resolve();
  }

  remove(member: MemberId): Promise<void> {
    this.members.set(this.members.current.filter((one) => one.id !== member));
    return Promise.resolve();
  }

  readonly audit = {
    read: () => Promise.resolve({ records: this.records, more: false }),
    seen: () => Promise.resolve(this.mark),
    see: (mark: AuditMark) => Promise.resolve(void (this.mark = mark)),
  };

  transfer(to: MemberId): Promise<void> {
    return this.#ask(`transfer ${to}`);
  }

  withdraw(invite: string): Promise<void> {
    return this.#ask(`withdraw ${invite}`);
  }

  removeDevice(device: string): Promise<void> {
    return this.#ask(`remove device ${device}`);
  }

  openTo(role: string): Promise<void> {
    return this.#ask(`open to ${role}`);
  }

  report(act: ReportedAct): Promise<void> {
    this.reports.push(act);
    return Promise.resolve();
  }

  identities(): Promise<Identities> {
    return Promise.resolve(this.known);
  }

  #ask(what: string): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const { doc, awareness } of this.#rooms.values()) {
      awareness.destroy();
      doc.destroy();
    }
    this.#rooms.clear();
    return Promise.resolve();
  }
}
