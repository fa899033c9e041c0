// A checkpoint as bytes, which any member may have stored.
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type StoredArray,
  type TrainingState,
  decodeCheckpoint,
  encodeCheckpoint,
} from "./checkpointFile.ts";

const state32 = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());
const floats = fc.array(fc.float(), { maxLength: 6 }).map((all): StoredArray => ({
  name: "w",
  shape: [all.length],
  dtype: "float32",
  values: Float32Array.from(all),
}));
const flags = fc.array(fc.nat(1), { maxLength: 6 }).map((all): StoredArray => ({
  name: "on",
  shape: [1, all.length],
  dtype: "bool",
  values: Uint8Array.from(all),
}));
const whole = fc.array(fc.integer(), { maxLength: 3 }).map((all): StoredArray => ({
  name: "t",
  shape: [all.length],
  dtype: "int32",
  values: Int32Array.from(all),
}));
const anyState: fc.Arbitrary<TrainingState> = fc.record({
  epoch: fc.nat(),
  batch: fc.nat(),
  step: fc.nat(),
  weights: fc.array(fc.oneof(floats, flags, whole), { maxLength: 5 }),
  slots: fc.array(floats, { maxLength: 5 }),
  numbers: fc.constant({ learningRate: 0.1 }),
  optimizer: fc.constant("Adam"),
  chance: fc.option(state32, { nil: undefined }),
  shuffles: fc.array(state32, { maxLength: 4 }),
  rows: fc.nat(),
  callbacks: fc.constant([{}, { wait: 2 }]),
});

it("is read as it was written, to the bit", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      expect(decodeCheckpoint(encodeCheckpoint(state))).toEqual(state);
    }),
  );
});

it("is refused where it was cut short, and read or refused whatever else was done to it", () => {
  fc.assert(
    fc.property(anyState, fc.nat(), fc.nat(255), (state, at, byte) => {
      const bytes = encodeCheckpoint(state);
      const other = bytes.slice();
      other[at % other.length] = byte;
      expect(() => decodeCheckpoint(other)).not.toThrow();
      const values = [...state.weights, ...state.slots].some((one) => one.values.length > 0);
      if (values || state.shuffles.length > 0)
        expect(decodeCheckpoint(bytes.slice(0, -4))).toBeUndefined();
    }),
  );
  expect(decodeCheckpoint(new Uint8Array(5))).toBeUndefined();
});
