/**
 * What this browser keeps of its rooms: a port. Every room has a log of Yjs updates (V1) that folds itself
 * into a snapshot (V2), and a mark for each change that no server has acknowledged yet. A mark outlives
 * the folding of its update: the document is whole, the mark only says that it has to be pushed.
 */

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
  readonly room: string;
  readonly reason: AsideReason;
  /** The room as this browser had it, a Yjs update V2. */
  readonly state: Uint8Array;
}

export interface UpdateLog {
  /** Entries that are no updates are set aside, and not given back. */
  load(room: string): Promise<StoredRoom>;
  /**
   * Resolves when the change and its mark are durable, in the order of the calls. `sent`: a server is being sent it
   * at this moment, so that it may be gathered with what follows; else it is written at once.
   */
  append(room: string, update: Uint8Array, sent?: boolean): Promise<ChangeId>;
  /** Keeps what came from a server, which has it already. */
  appendAcknowledged(room: string, update: Uint8Array): Promise<void>;
  acknowledge(changes: readonly ChangeId[]): Promise<void>;
  /** Everything that was asked for so far is written, or has failed. */
  written(): Promise<void>;
  /** Marks a room as to be pushed although nobody changed it: its server has lost it. */
  mark(room: string): Promise<ChangeId>;
  /** How many changes wait, by room, among the rooms whose names start so. */
  pending(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** The rooms whose names start so and that have content. */
  rooms(prefix: string): Promise<readonly string[]>;
  /** Makes a draft of the room, and empties its log and its marks, in one step. */
  setAside(room: string, reason: AsideReason): Promise<void>;
  drafts(prefix: string): Promise<readonly Draft[]>;
}
