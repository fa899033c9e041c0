/** What the server asks of whatever keeps its rooms and membership logs. Every promise resolves when durable. */
export interface StoredRoom {
  /** The room's state up to a point (Yjs update V2), then every update (V1) since. */
  readonly snapshot: Uint8Array | undefined;
  readonly updates: readonly Uint8Array[];
  /** The room was deleted; its name is refused for good. */
  readonly deleted: boolean;
}

export interface Store {
  load(room: string): Promise<StoredRoom>;
  /** Appends one update. Appends resolve in the order in which they were asked for. */
  append(room: string, update: Uint8Array): Promise<void>;
  /**
   * Folds a room's updates into one snapshot, kept and trimmed in one transaction, while appends go on.
   * Gives back the size of the snapshot in bytes.
   */
  compact(room: string): Promise<number>;
  /** Forgets the room and leaves a tombstone. What is appended afterwards is not kept. */
  deleteRoom(room: string): Promise<void>;
  /** A workspace's membership log, as JSON texts in the order in which they were accepted. */
  entries(workspace: string): Promise<readonly string[]>;
  /** Appends all of them or none. */
  appendEntries(workspace: string, entries: readonly string[]): Promise<void>;
  /** A value of the server's own, made once and kept. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}
