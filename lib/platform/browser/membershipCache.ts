/**
 * One workspace's membership in this browser: the log as the server had it last, and the entries made
 * here that it still has to be given. Both are in IndexedDB; what is shown is the one followed by the other.
 */
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { type Observable, Settable } from "../../base/observable.ts";
import { type Act, type Entry, entryId, signEntry } from "../../workspace/entry.ts";
import {
  type Membership,
  type MembershipFailure,
  applyEntries,
  emptyMembership,
  memberOf,
  replay,
} from "../../workspace/membership.ts";
import { NOBODY, type People, peopleOf } from "../../workspace/people.ts";
import type { Member } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import { webcryptoSignatures } from "../webcrypto.ts";
import type { Database, StoredMembership } from "./database.ts";
import { whole } from "./transactions.ts";
import { browserWorld } from "./world.ts";

const NOTHING: StoredMembership = { entries: [], queue: [] };

type Change = (before: StoredMembership) => Pick<StoredMembership, "entries" | "queue">;

export class MembershipCache {
  readonly workspace: WorkspaceId;
  readonly signer: Signer;
  readonly #db: Database;
  #stored = NOTHING;
  /** The server's log folded, so that a log that has only grown is not folded from its start again. */
  #folded: { readonly entries: readonly Entry[]; readonly membership: Membership };
  readonly #membership: Settable<Membership>;
  readonly #people = new Settable<People>(NOBODY);

  private constructor(db: Database, workspace: WorkspaceId, signer: Signer) {
    this.#db = db;
    this.workspace = workspace;
    this.signer = signer;
    this.#folded = { entries: [], membership: emptyMembership(workspace) };
    this.#membership = new Settable(this.#folded.membership);
  }

  static async open(
    db: Database,
    workspace: WorkspaceId,
    signer: Signer,
  ): Promise<MembershipCache> {
    const cache = new MembershipCache(db, workspace, signer);
    await cache.reload();
    return cache;
  }

  get membership(): Observable<Membership> {
    return this.#membership;
  }

  /** Devices and invites, as they are shown. */
  get people(): Observable<People> {
    return this.#people;
  }

  /** This browser's member, or undefined where it belongs no longer. */
  get me(): Member | undefined {
    return memberOf(this.#membership.current, this.signer.publicKey);
  }

  get queue(): readonly Entry[] {
    return this.#stored.queue;
  }

  get entries(): readonly Entry[] {
    return this.#stored.entries;
  }

  /** Which life of the server's data this browser has met last. */
  get generation(): string | undefined {
    return this.#stored.generation;
  }

  /** Everything of this browser that its server may lack is on its way to it. */
  async met(generation: string | undefined): Promise<void> {
    if (generation !== undefined && generation !== this.#stored.generation)
      await this.#change(({ entries, queue }) => ({ entries, queue, generation }));
  }

  /** Signs an entry and queues it for the server. Throws AppError where it may not be made. */
  async add(act: Act): Promise<void> {
    const entry = await signEntry(browserWorld, this.signer, this.workspace, act);
    const before = this.#membership.current;
    const applied = await applyEntries(before, [entry], browserWorld.now(), webcryptoSignatures);
    const reason = applied.refused[0]?.reason;
    if (reason) throw new AppError<MembershipFailure>({ code: reason });
    await this.#change(({ entries, queue }) => ({ entries, queue: [...queue, entry] }));
  }

  /** Others tell this person's devices apart by their names: one from before they had any says its own. */
  async sayDevice(name: string): Promise<void> {
    const mine = this.#people.current.devices.find((device) => device.mine);
    if (mine && mine.name === undefined)
      await this.add({ kind: "device-name", key: mine.key, name });
  }

  /** The server took these entries, but for the refused, which come to nothing. */
  async delivered(sent: readonly Entry[], refused: ReadonlyMap<number, string>): Promise<void> {
    const gone = new Set(sent.map(entryId));
    const taken = sent.filter((_, i) => !refused.has(i));
    await this.#learn(({ entries, queue }) => {
      const known = new Set(entries.map(entryId));
      return {
        entries: [...entries, ...taken.filter((entry) => !known.has(entryId(entry)))],
        queue: queue.filter((entry) => !gone.has(entryId(entry))),
      };
    });
  }

  /** The log as the server has it. */
  async serverHas(entries: readonly Entry[]): Promise<void> {
    const known = new Set(entries.map(entryId));
    const news =
      entries.length !== this.#stored.entries.length ||
      entries.some((entry, i) => !isSame(entry, this.#stored.entries[i])) ||
      this.#stored.queue.some((entry) => known.has(entryId(entry)));
    if (!news) return;
    await this.#learn(({ queue }) => ({
      entries,
      queue: queue.filter((entry) => !known.has(entryId(entry))),
    }));
  }

  /** Another tab has changed what is stored. */
  async reload(): Promise<void> {
    await this.#take((await this.#db.get("memberships", this.workspace)) ?? NOTHING);
  }

  /** Reads and writes in one transaction, so that two tabs never undo each other's entries. */
  async #change(change: Change): Promise<void> {
    const tx = this.#db.transaction("memberships", "readwrite", { durability: "strict" });
    const before = (await tx.store.get(this.workspace)) ?? NOTHING;
    const next = { ...before, ...change(before) };
    await whole<unknown>([tx.store.put(next, this.workspace), tx.done]);
    await this.#take(next);
  }

  /** The same with what the server says: it holds in this tab, too, where there is no room to keep it. */
  async #learn(change: Change): Promise<void> {
    try {
      await this.#change(change);
    } catch {
      await this.#take({ ...this.#stored, ...change(this.#stored) });
    }
  }

  async #take(stored: StoredMembership): Promise<void> {
    this.#stored = stored;
    const { entries, queue } = stored;
    const before = this.#folded;
    const grown =
      entries.length >= before.entries.length &&
      before.entries.every((entry, i) => isSame(entry, entries[i]));
    const tail = entries.slice(before.entries.length);
    const membership = grown
      ? (await applyEntries(before.membership, tail, 0, webcryptoSignatures)).membership
      : await replay(this.workspace, entries, webcryptoSignatures);
    this.#folded = { entries, membership };
    const shown = await applyEntries(membership, queue, 0, webcryptoSignatures);
    if (this.#stored !== stored) return;
    this.#people.set(peopleOf(shown.membership, this.signer.publicKey, queue));
    this.#membership.set(shown.membership);
  }
}

function isSame(a: Entry, b: Entry | undefined): boolean {
  return b !== undefined && entryId(a) === entryId(b);
}
