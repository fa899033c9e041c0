/**
 * Presence from a peer: only for ids that this peer speaks for, and only in its own member's name. Stock
 * clients echo what they heard of others; such entries, and forged ones, are passed over without a word.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { type Awareness, applyAwarenessUpdate } from "y-protocols/awareness";
import { asRecord } from "../lib/base/json.ts";
import { limits } from "./limits.ts";
import type { Peer } from "./peer.ts";

interface Claim {
  readonly client: number;
  readonly clock: number;
  readonly text: string;
  readonly state: unknown;
}

/**
 * Applies the peer's own entries; gives back the client ids of which something is known now. Of a first
 * entry with clock 0, as stock clients send it, nothing is kept: so y-protocols has it everywhere. Throws
 * on malformed bytes.
 */
export function applyOwnAwareness(
  awareness: Awareness,
  peer: Peer,
  peers: Iterable<Peer>,
  update: Uint8Array,
): number[] {
  const own = readClaims(update).filter((claim) => speaksFor(peer, claim, peers));
  if (own.length === 0) return [];
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, own.length);
  for (const { client, clock, text } of own) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, text);
  }
  applyAwarenessUpdate(awareness, encoding.toUint8Array(encoder), peer);
  return own.map(({ client }) => client).filter((client) => awareness.meta.has(client));
}

/** Read whole before anything is believed: a message that breaks off halfway changes nothing. */
function readClaims(update: Uint8Array): Claim[] {
  const decoder = decoding.createDecoder(update);
  const count = decoding.readVarUint(decoder);
  const claims: Claim[] = [];
  for (let i = 0; i < count; i++) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const text = decoding.readVarString(decoder);
    if (depthOf(text) > limits.awarenessDepth) throw new RangeError("nested too deep");
    claims.push({ client, clock, text, state: JSON.parse(text) });
  }
  return claims;
}

/** How deep lists and objects lie in each other in a JSON text; told without parsing it. */
function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted && letter === "\\") i++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === "[" || letter === "{")) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (letter === "]" || letter === "}")) depth--;
  }
  return deepest;
}

function speaksFor(peer: Peer, { client, state }: Claim, peers: Iterable<Peer>): boolean {
  const named = asRecord(state)?.["member"];
  if (named !== undefined && named !== peer.member) return false;
  if (peer.clients.has(client)) return true;
  if (state === null || peer.clients.size >= limits.awarenessIds) return false;
  for (const other of peers) {
    if (other === peer || !other.clients.has(client)) continue;
    // The same member again: a socket that has not noticed yet that it is dead.
    if (other.member !== peer.member) return false;
    other.clients.delete(client);
  }
  peer.clients.add(client);
  return true;
}
