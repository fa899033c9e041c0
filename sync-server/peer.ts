/** One person's socket in this room. */
export interface Peer {
  /** The member behind it: takes over presence that a dead socket of the same member left. */
  readonly member: string;
  readonly wantsDurable: boolean;
  mayWrite: boolean;
  /** Presence ids that this peer speaks for. */
  readonly clients: Set<number>;
  send(message: Uint8Array): void;
  close(code: number, reason: string): void;
  /** So many bytes are on their way to the disk; with too many the socket is not read from. */
  hold(bytes: number): void;
  release(bytes: number): void;
}
