/**
 * What this browser keeps of its rooms: a port. Every room has a log of Yjs updates (V1) that folds itself
 * into a snapshot (V2), and a mark for each change that no server has acknowledged yet. A mark outlives
 * the folding of its update: the document is whole, the mark only says that it has to be pushed.
 */
import type { Observable } from "../base/observable.ts";

/** Names a change that has not been acknowledged. Never used again. */
export type ChangeId = number;

export interface StoredRoom {
  readonly snapshot: Uint8Array | undefined;
  /** In the order in which they were appended. */
  readonly updates: readonly Uint8Array[];
  readonly pending: readonly ChangeId[];
}

/** Why a room's content was taken out of its log. */
export type AsideReason = "read-only" | "room-deleted";

/** A room's content that could not become everybody's: kept, so that nothing is lost without a word. */
export interface Draft {
  /** Names it among the drafts. */
  readonly id: number;
  readonly room: string;
  readonly reason: AsideReason;
  /** The room as this browser had it, a Yjs update V2. */
  readonly state: Uint8Array;
  /** Milliseconds since 1970, where it is known. */
  readonly at: number | undefined;
}

/** Something in a room's log that could not be read. */
export interface Damage {
  readonly id: number;
  readonly room: string;
  /** One change, or all that the log had been folded into. */
  readonly kind: "change" | "snapshot";
  /** What was found in its place; empty where that is no bytes. */
  readonly bytes: Uint8Array;
  readonly at: number | undefined;
  /** The person has been told. */
  readonly told: boolean;
}

/** Why nothing can be written: the disk is full, the storage was taken away, or something else, which may pass. */
export type WriteFailure = "full" | "gone" | "failed";

export interface UpdateLog {
  /** Why what was asked for waits in memory, and is tried again and again; undefined where all is well. */
  readonly failure: Observable<WriteFailure | undefined>;
  /** Calls back with the room when something of it was set aside: as a draft, or because it could not be read. */
  onAside(listener: (room: string) => void): () => void;
  /** Entries that are no updates, or not those that were written, are set aside, and not given back. */
  load(room: string): Promise<StoredRoom>;
  /**
   * Resolves when the change and its mark are durable, in the order of the calls; that is as late as the disk has room
   * for them. `sent`: a server is being sent it at this moment, so that it may be gathered with what follows; else
   * it is written at once. Rejects only where the room was removed meanwhile.
   */
  append(room: string, update: Uint8Array, sent?: boolean): Promise<ChangeId>;
  /** Keeps what came from a server, which has it already. */
  appendAcknowledged(room: string, update: Uint8Array): Promise<void>;
  acknowledge(changes: readonly ChangeId[]): Promise<void>;
  /** Everything that was asked for so far is written, or cannot be now. */
  written(): Promise<void>;
  /** Tries again at once what could not be written. */
  retry(): Promise<void>;
  /** Marks a room as to be pushed although nobody changed it: its server has lost it. */
  mark(room: string): Promise<ChangeId>;
  /** Puts a room here that came whole, as a Yjs update V2, to be pushed. Throws where it cannot be written. */
  adopt(room: string, state: Uint8Array): Promise<void>;
  /** How many changes wait, by room, among the rooms whose names start so. */
  pending(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** The rooms whose names start so and that have content. */
  rooms(prefix: string): Promise<readonly string[]>;
  /** Makes a draft of the room, and empties its log and its marks, in one step. */
  setAside(room: string, reason: AsideReason): Promise<void>;
  drafts(prefix: string): Promise<readonly Draft[]>;
  forgetDraft(draft: number): Promise<void>;
  /** The rooms are removed from this browser: what still waits to be written of them is dropped. */
  drop(prefix: string): void;
  /** What could not be read in these rooms. */
  damages(prefix: string): Promise<readonly Damage[]>;
  /** The person knows of all of these rooms' damages. */
  damagesTold(prefix: string): Promise<void>;
  forgetDamages(prefix: string): Promise<void>;
}
