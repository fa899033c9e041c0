/**
 * What the nodes of one server tell each other. The store is the truth: whatever a bus loses is found there,
 * so nothing that is said here is ever waited for, and a bus that is away loses nobody's work.
 */
import type { WorkspaceId } from "../../lib/base/ids.ts";

/** An update that is durable, with its number in the room. */
export interface Committed {
  readonly seq: number;
  readonly update: Uint8Array;
}

/** What a room hears from the other nodes. What this node said itself, it does not hear. */
export interface RoomListener {
  /** Updates that others committed, as they come; some may be missing, and some come twice. */
  committed(updates: readonly Committed[]): void;
  /** The room has this number somewhere. Comes after all that the bus has of it. */
  standsAt(seq: number): void;
  /** Presence of clients that the member speaks for on another node. */
  presence(member: string, update: Uint8Array): void;
  /** Another node asks who is here. */
  asked(): void;
  deleted(): void;
}

/** A room's way to the other nodes that have it open. */
export interface RoomLine {
  commit(committed: Committed): void;
  presence(member: string, update: Uint8Array): void;
  /** Asks the others who is with them. */
  ask(): void;
  leave(): void;
}

export interface Bus {
  /** There are no other nodes, ever. */
  readonly alone: boolean;
  /** Whether the others can be reached now. */
  readonly connected: boolean;
  /** Resolves when nothing that is committed from now on is missed, or at once where the others are away. */
  join(room: string, listener: RoomListener): Promise<RoomLine>;
  tellDeleted(room: string): void;
  /** A workspace's membership log has grown. */
  tellMembership(workspace: WorkspaceId): void;
  onMembership(listener: (workspace: WorkspaceId) => void): void;
  /** The others can be reached again; what they said meanwhile was missed. */
  onReturn(listener: () => void): void;
  /** True for the first who asks for the key within so many milliseconds, on whatever node. */
  claim(key: string, ms: number): Promise<boolean>;
  close(): Promise<void>;
}
