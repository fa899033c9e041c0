import * as encoding from "lib0/encoding";
import { describe, expect, it } from "vitest";
import { Awareness, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { Gate } from "./gate.ts";
import { MESSAGE, SYNC } from "./wire.ts";

const sync = (kind: number): Uint8Array => Uint8Array.of(MESSAGE.sync, kind, 1, 0);
const [question, answer, update] = [sync(SYNC.step1), sync(SYNC.step2), sync(SYNC.update)];

const presenceOf = (...clients: number[]): Uint8Array => {
  const awareness = new Awareness(new Y.Doc());
  for (const client of clients) awareness.meta.set(client, { clock: 1, lastUpdated: 0 });
  const said = encodeAwarenessUpdate(awareness, clients);
  awareness.destroy();
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.awareness);
    encoding.writeVarUint8Array(encoder, said);
  });
};

function gateOf({ mayPush = true } = {}): {
  gate: Gate;
  counted: () => number;
  demote: () => void;
} {
  let [may, count] = [mayPush, 0];
  const gate = new Gate(300, { mayPush: () => may, contentSent: () => void count++ });
  return { gate, counted: () => count, demote: () => void (may = false) };
}

describe("the gate", () => {
  it("holds changes back until the answer that holds them is out, and counts what goes", () => {
    const { gate, counted } = gateOf();
    expect(gate.lets(question)).toBe(true);
    expect(gate.lets(update)).toBe(false);
    expect(counted()).toBe(0);
    expect(gate.lets(answer)).toBe(true);
    expect(gate.lets(update)).toBe(true);
    expect(counted()).toBe(2);
  });

  it("lets nothing out that a viewer wrote, but their questions", () => {
    const { gate, counted } = gateOf({ mayPush: false });
    expect([question, answer, update].map((message) => gate.lets(message))).toEqual([
      true,
      false,
      false,
    ]);
    expect(counted()).toBe(0);
  });

  it("closes for an editor who becomes a viewer", () => {
    const { gate, demote } = gateOf();
    gate.lets(answer);
    demote();
    expect(gate.lets(update)).toBe(false);
  });

  it("lets out what this tab says of itself, and does not repeat others", () => {
    const { gate, counted } = gateOf();
    expect(gate.lets(presenceOf(300))).toBe(true);
    expect(gate.lets(presenceOf(301))).toBe(false);
    expect(gate.lets(presenceOf(301, 302))).toBe(false);
    expect(counted()).toBe(0);
  });
});
