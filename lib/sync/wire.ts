/**
 * The numbers of the y-websocket protocol, and two messages of our own, to clients that asked for them:
 * after a content-carrying message is committed, the server says how many of this connection's are; and
 * it says when the workspace's membership has changed.
 */
import * as encoding from "lib0/encoding";

export const MESSAGE = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  durable: 120,
  membership: 121,
} as const;
export const SYNC = { step1: 0, step2: 1, update: 2 } as const;

/** The subprotocol that asks for our own messages. Tokens travel as "token.<jwt>" beside it. */
export const DURABLE_PROTOCOL = "ensemble.1";
export const TOKEN_PREFIX = "token.";

/** Why the server closed a connection. 4400–4499 are final for a stock y-websocket client. */
export const CLOSE = {
  malformed: 4400,
  tokenRefused: 4401,
  notAMember: 4403,
  workspaceUnknown: 4404,
  roomDeleted: 4410,
  tooBig: 1009,
  tryLater: 1013,
  goingAway: 1001,
} as const;

/** "`count` of this connection's content-carrying messages are durable." */
export function encodeDurable(count: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGE.durable);
  encoding.writeVarUint(encoder, count);
  return encoding.toUint8Array(encoder);
}

/** "Who belongs to this workspace, or what they may do, has changed: ask." */
export function encodeMembershipChanged(): Uint8Array {
  return encoding.encode((encoder) => encoding.writeVarUint(encoder, MESSAGE.membership));
}

/** Presence of nobody. Stock clients take a connection for dead on which they heard nothing for 30 seconds. */
export const SIGN_OF_LIFE = Uint8Array.of(MESSAGE.awareness, 1, 0);
