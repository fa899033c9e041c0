/** What the server asks of whatever keeps its rooms and membership logs. Every promise resolves when durable. */
import type { AuditFact, AuditRecord } from "../../lib/governance/audit.ts";

export interface StoredRoom {
  /** The room's state up to a point (Yjs update V2), then every update (V1) since. */
  readonly snapshot: Uint8Array | undefined;
  readonly updates: readonly Uint8Array[];
  /** The room was deleted; its name is refused for good. */
  readonly deleted: boolean;
  /** The number of the last update that is in it; 0 where there is none. */
  readonly upTo: number;
}

/** Where rooms and membership logs stand, in the order in which they were asked for. */
export interface Standing {
  /** The number of each room's last update, 0 where it has none. */
  readonly rooms: readonly (number | "deleted")[];
  /** How many entries each workspace's membership log holds. */
  readonly workspaces: readonly number[];
}

export interface Store {
  /**
   * The whole room or, where `since` is given, only what came after the update of that number; the snapshot
   * is then left out unless the updates do not reach back so far.
   */
  load(room: string, since?: number): Promise<StoredRoom>;
  /**
   * Appends one update and gives back its number in the room: 1, 2, 3 … in the order in which updates are
   * committed, without gaps. Appends resolve in the order in which they were asked for. Rejects where the room
   * was deleted.
   */
  append(room: string, update: Uint8Array): Promise<number>;
  /**
   * Folds a room's updates into one snapshot, kept and trimmed in one transaction, while appends go on; where
   * fewer updates than `least` (1) are there, another node has folded them just now, and nothing is done.
   * Gives back what is stored then, in bytes, without what was appended meanwhile.
   */
  compact(room: string, least?: number): Promise<number>;
  /** Forgets the room and leaves a tombstone. */
  deleteRoom(room: string): Promise<void>;
  /** A workspace's membership log, as JSON texts in the order in which they were accepted. */
  entries(workspace: string): Promise<readonly string[]>;
  /**
   * Appends all of them, if the log holds exactly `known` entries; else none, and gives back false: somebody
   * else was quicker, and what is to be appended has to be judged again. With them, and in the same transaction,
   * what the audit log has to say of them.
   */
  appendEntries(
    workspace: string,
    entries: readonly string[],
    known: number,
    audit?: readonly AuditFact[],
  ): Promise<boolean>;
  /**
   * Appends to the workspace's audit log, chained to its last record in the same transaction. A fact whose id
   * the log knows already is left out.
   */
  appendAudit(workspace: string, facts: readonly AuditFact[]): Promise<void>;
  /** The audit log in its order: at most `limit` records after the one numbered `after`. */
  audit(workspace: string, after: number, limit: number): Promise<readonly AuditRecord[]>;
  /** Answered by one question however many are asked about; also the question whether the store answers. */
  standing(rooms: readonly string[], workspaces: readonly string[]): Promise<Standing>;
  /** The whole names of a workspace's rooms that have content: deleted ones have none. */
  rooms(workspace: string): Promise<readonly string[]>;
  /** All workspaces that have membership entries. */
  workspaces(): Promise<readonly string[]>;
  /** A value of the server's own, made once and kept. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  /** Could something be made durable just now? Tried, not assumed. */
  healthy(): Promise<boolean>;
  /** Calls back after each commit with how many writes it made durable, where the store commits in batches. */
  onCommit?(listener: (writes: number) => void): void;
  close(): Promise<void>;
}
