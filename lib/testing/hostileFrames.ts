/**
 * Frames that no honest client sends: honest ones changed at random, and some made to hurt. From a seed, so that
 * a test and a benchmark throw the same. Knows the wire and nothing of who is thrown at.
 */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { MESSAGE, SYNC } from "../sync/wire.ts";
import type { Chance } from "./chance.ts";

/** A message in two parts, so that what is inside can be changed and the lengths around it stay right. */
export interface HonestMessage {
  readonly inside: Uint8Array;
  readonly around: (inside: Uint8Array) => Uint8Array;
}

/** One of each message that a client may send, with every kind of content that a document may hold. */
export function honestMessages(): HonestMessage[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  doc.getText("text").insert(0, "some words", { bold: true });
  doc.getText("text").delete(2, 3);
  doc
    .getArray("list")
    .push([1, "two", null, true, 1e300, new Uint8Array([1, 2, 3]), { four: [5] }]);
  doc.getMap("map").set("inner", new Y.Map([["deep", new Y.Array()]]));
  doc.getMap("map").set("inner", "over it");
  doc.getText("text").insertEmbed(1, { image: "x" });
  doc.getXmlFragment("xml").insert(0, [new Y.XmlElement("p"), new Y.XmlText("t")]);
  doc.getMap("docs").set("sub", new Y.Doc());
  const sync = (kind: number, inside: Uint8Array): HonestMessage => ({
    inside,
    around: (changed) => syncFrame(kind, changed),
  });
  const presence = (clock: number, state: string): HonestMessage => ({
    inside: presenceOf(7, clock, state),
    around: presenceFrame,
  });
  return [
    sync(SYNC.step1, Y.encodeStateVector(doc)),
    sync(SYNC.step2, Y.encodeStateAsUpdate(doc)),
    ...updates.map((update) => sync(SYNC.update, update)),
    presence(1, JSON.stringify({ name: "Mira", cursor: { at: [1, 2] } })),
    presence(2, "null"),
  ];
}

/**
 * An honest message with some bytes flipped, cut, doubled, moved, or with a number that is a lie: half the time
 * within what is around it, half the time all of it.
 */
export function mutateFrame(chance: Chance, messages: readonly HonestMessage[]): Uint8Array {
  const { inside, around } = chance.pick(messages);
  const others = messages.map((message) => message.inside);
  return chance.below(2) > 0
    ? around(mutateBytes(chance, inside, others))
    : mutateBytes(chance, around(inside), others);
}

function mutateBytes(
  chance: Chance,
  honest: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let bytes = Uint8Array.from(honest);
  for (let changes = chance.between(1, 3); changes > 0; changes--) {
    const at = chance.below(bytes.length + 1);
    const length = chance.between(1, 12);
    switch (chance.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = chance.pick([0, 1, 127, 128, 255]);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), chance.bytes(length), bytes.subarray(at));
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 5:
        // A length or a clock of up to 2^53, where a small one stood.
        bytes = joined(bytes.subarray(0, at), hugeNumber(chance), bytes.subarray(at + 1));
        break;
      case 6: {
        const other = chance.pick(others);
        bytes = joined(bytes.subarray(0, at), other.subarray(chance.below(other.length)));
      }
    }
  }
  return bytes;
}

/** Well-formed as far as it goes, and made to take the reader's stack: `depth` lists, each in the next. */
export function nestedFrames(depth: number): Uint8Array[] {
  const lists = "[".repeat(depth) + "]".repeat(depth);
  return [
    syncFrame(
      SYNC.update,
      updateWith((encoder) => writeNestedAny(encoder, depth), ANY),
    ),
    syncFrame(
      SYNC.update,
      updateWith((encoder) => {
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarString(encoder, lists);
      }, JSON_CONTENT),
    ),
    syncFrame(SYNC.update, nestedTypes(depth)),
    presenceFrame(presenceOf(9, 1, lists)),
    presenceFrame(presenceOf(9, 2, `{"a":`.repeat(depth) + "1" + "}".repeat(depth))),
  ];
}

/** A frame that says that what it brings comes after something that nobody has. `clock`: how far after. */
export function orphanFrame(client: number, clock: number): Uint8Array {
  return syncFrame(
    SYNC.update,
    encoding.encode((encoder) => {
      writeStructHeader(encoder, client, clock);
      encoding.writeUint8(encoder, DELETED_CONTENT);
      writeRootParent(encoder);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, 0);
    }),
  );
}

function syncFrame(kind: number, bytes: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

function presenceFrame(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.awareness);
    encoding.writeVarUint8Array(encoder, update);
  });
}

function presenceOf(client: number, clock: number, state: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  });
}

// Kinds of content in an update of Yjs, version 1.
const DELETED_CONTENT = 1;
const JSON_CONTENT = 2;
const ANY = 8;

function updateWith(write: (encoder: encoding.Encoder) => void, content: number): Uint8Array {
  return encoding.encode((encoder) => {
    writeStructHeader(encoder, 99, 0);
    encoding.writeUint8(encoder, content);
    writeRootParent(encoder);
    write(encoder);
    encoding.writeVarUint(encoder, 0); // no deletions
  });
}

function writeStructHeader(encoder: encoding.Encoder, client: number, clock: number): void {
  for (const number of [1, 1, client, clock]) encoding.writeVarUint(encoder, number);
}

function writeRootParent(encoder: encoding.Encoder): void {
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarString(encoder, "list");
}

function writeNestedAny(encoder: encoding.Encoder, depth: number): void {
  const LIST = 117;
  encoding.writeVarUint(encoder, 1);
  for (let i = 0; i < depth; i++) {
    encoding.writeUint8(encoder, LIST);
    encoding.writeVarUint(encoder, i === depth - 1 ? 0 : 1);
  }
}

/** Each map in the one before it, as one update: Yjs deletes them by calling itself. */
function nestedTypes(depth: number): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    let parent = doc.getMap<Y.Map<unknown>>("nested");
    for (let i = 0; i < depth; i++) {
      const inner = new Y.Map<Y.Map<unknown>>();
      parent.set("in", inner as Y.Map<unknown>);
      parent = inner;
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

function hugeNumber(chance: Chance): Uint8Array {
  return encoding.encode((encoder) =>
    encoding.writeVarUint(encoder, Math.floor(2 ** chance.between(7, 53)) - chance.below(2)),
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
