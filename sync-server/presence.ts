/** Who is in a room and what they show of themselves, on this node and on others. */
import * as encoding from "lib0/encoding";
import { Awareness, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import type * as Y from "yjs";
import { MESSAGE } from "../lib/sync/wire.ts";
import { type Others, applyAwarenessElsewhere, applyOwnAwareness } from "./awarenessGate.ts";
import type { RoomLine } from "./bus/bus.ts";
import type { Peer } from "./peer.ts";

export class Presence {
  readonly #doc: Y.Doc;
  /** Made when the first person shows up in the room: it has a timer of its own. */
  #made: Awareness | undefined;
  readonly #others: Others;
  readonly #line: RoomLine;

  constructor(doc: Y.Doc, peers: ReadonlySet<Peer>, line: RoomLine) {
    this.#doc = doc;
    this.#others = { peers, elsewhere: new Map() };
    this.#line = line;
  }

  get #awareness(): Awareness {
    if (this.#made) return this.#made;
    this.#made = new Awareness(this.#doc);
    this.#made.setLocalState(null);
    // What was not renewed in time ends by itself, as that of a node that died.
    this.#made.on("change", ({ removed }: { removed: number[] }) => {
      for (const client of removed) this.#others.elsewhere.delete(client);
    });
    return this.#made;
  }

  /** Everybody's presence as a message. */
  all(): Uint8Array | undefined {
    const present = [...(this.#made?.getStates().keys() ?? [])];
    return present.length > 0
      ? message(encodeAwarenessUpdate(this.#awareness, present))
      : undefined;
  }

  /** Takes what a peer says of itself; the others hear of it `inTurn`. Throws where the bytes are malformed. */
  receive(peer: Peer, update: Uint8Array, inTurn: (tell: () => void) => void): void {
    const changed = applyOwnAwareness(this.#awareness, peer, this.#others, update);
    if (changed.length === 0) return;
    // As it is now: by then more may be known, which waits for more.
    const known = encodeAwarenessUpdate(this.#awareness, changed);
    inTurn(() => {
      // Whoever came after it left would see it for as long as nothing renews it.
      if (this.#others.peers.has(peer)) this.#tell(peer, known);
    });
  }

  leave(peer: Peer): void {
    if (!this.#made) return;
    const gone = [...peer.clients].filter((client) => this.#awareness.meta.has(client));
    removeAwarenessStates(this.#awareness, gone, null);
    if (gone.length > 0) this.#tell(peer, encodeAwarenessUpdate(this.#awareness, gone));
  }

  /** Takes what another node says. */
  hear(member: string, update: Uint8Array): void {
    const changed = applyAwarenessElsewhere(this.#awareness, member, this.#others, update);
    if (changed.length > 0) this.#broadcast(encodeAwarenessUpdate(this.#awareness, changed));
  }

  /** Tells the other nodes who is on this one. */
  tellElsewhere(): void {
    if (!this.#made) return;
    for (const peer of this.#others.peers) {
      const present = [...peer.clients].filter((client) => this.#awareness.states.has(client));
      if (present.length > 0)
        this.#line.presence(peer.member, encodeAwarenessUpdate(this.#awareness, present));
    }
  }

  destroy(): void {
    this.#made?.destroy();
  }

  #tell(peer: Peer, update: Uint8Array): void {
    this.#broadcast(update);
    this.#line.presence(peer.member, update);
  }

  #broadcast(update: Uint8Array): void {
    const bytes = message(update);
    for (const peer of this.#others.peers) peer.send(bytes);
  }
}

function message(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.awareness);
    encoding.writeVarUint8Array(encoder, update);
  });
}
