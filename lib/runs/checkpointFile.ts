/**
 * A checkpoint as bytes: what training needs to go on as if it had never stopped. The numbers lie one after another
 * behind a header of JSON that names them. Whoever reads one believes nothing of it: any member may have stored it.
 *
 *   "ENSCKPT1" · length of the header u32 · header · arrays, little endian, each at a multiple of 4
 */
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import type { RandomState } from "../kernel/guest/random.ts";

export type Numbers = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
export type Dtype = "float32" | "int32" | "bool";

export interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly values: Numbers;
}

/** How far training was. */
export interface TrainingPoint {
  /** Epochs, batches and steps of the loop that are done. */
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
}

export interface TrainingState extends TrainingPoint {
  readonly weights: readonly StoredArray[];
  readonly slots: readonly StoredArray[];
  /** The optimizer's plain numbers: its rate, how many steps it has done. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly optimizer: string;
  /** Where Math.random stands. */
  readonly chance: RandomState | undefined;
  /** Where Math.random stood before each epoch, from the first, and how many rows were shuffled then. */
  readonly shuffles: readonly RandomState[];
  readonly rows: number;
  /** What early stopping and its like had counted, callback by callback. */
  readonly callbacks: readonly Readonly<Record<string, number>>[];
}

const MAGIC = "ENSCKPT1";
const MAX_HEADER = 4 * 1024 * 1024;
const MAX_ARRAYS = 20_000;
const MAX_RANK = 8;
const STATE = 4;

export function encodeCheckpoint(state: TrainingState): Uint8Array<ArrayBuffer> {
  const shuffles: StoredArray = {
    name: "shuffles",
    shape: [state.shuffles.length, STATE],
    dtype: "int32",
    values: Int32Array.from(state.shuffles.flat()),
  };
  const arrays = [...state.weights, ...state.slots, shuffles];
  const { weights, slots } = state;
  const facts = arrays.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const header = new TextEncoder().encode(
    JSON.stringify({
      ...{ ...state, shuffles: undefined, arrays: facts },
      ...{ weights: weights.length, slots: slots.length },
    }),
  );
  const start = padded(MAGIC.length + 4 + header.length);
  const size = arrays.reduce((sum, { values }) => sum + padded(values.byteLength), start);
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, MAGIC.length + 4);
  let at = start;
  for (const { values } of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += padded(values.byteLength);
  }
  return bytes;
}

/** Undefined where the bytes are no checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array): TrainingState | undefined {
  const header = readHeader(bytes);
  if (!header) return undefined;
  const facts = asArray(header.facts["arrays"]);
  if (facts.length > MAX_ARRAYS) return undefined;
  const arrays: StoredArray[] = [];
  let at = header.end;
  for (const fact of facts) {
    const array = readArray(bytes, at, asRecord(fact));
    if (!array) return undefined;
    arrays.push(array);
    at += padded(array.values.byteLength);
  }
  const [weights, slots] = [whole(header.facts["weights"]), whole(header.facts["slots"])];
  const shuffles = arrays[weights + slots];
  if (arrays.length !== weights + slots + 1 || !(shuffles?.values instanceof Int32Array))
    return undefined;
  return {
    epoch: whole(header.facts["epoch"]),
    batch: whole(header.facts["batch"]),
    step: whole(header.facts["step"]),
    weights: arrays.slice(0, weights),
    slots: arrays.slice(weights, weights + slots),
    numbers: numbersIn(header.facts["numbers"]),
    optimizer: (asString(header.facts["optimizer"]) ?? "").slice(0, 200),
    chance: statesIn(asArray(header.facts["chance"]))[0],
    shuffles: statesIn([...shuffles.values]),
    rows: whole(header.facts["rows"]),
    callbacks: asArray(header.facts["callbacks"]).slice(0, 100).map(numbersIn),
  };
}

function readHeader(
  bytes: Uint8Array,
): { readonly facts: Record<string, unknown>; readonly end: number } | undefined {
  const from = MAGIC.length + 4;
  if (bytes.length < from || text(bytes.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (length > MAX_HEADER || from + length > bytes.length) return undefined;
  try {
    const facts = asRecord(JSON.parse(text(bytes.subarray(from, from + length))));
    return facts && { facts, end: padded(from + length) };
  } catch {
    return undefined;
  }
}

function readArray(
  bytes: Uint8Array,
  at: number,
  fact: Record<string, unknown> | undefined,
): StoredArray | undefined {
  const shape = asArray(fact?.["shape"]).map(whole);
  const dtype = (["float32", "int32", "bool"] as const).find((one) => one === fact?.["dtype"]);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!dtype || shape.length > MAX_RANK || !Number.isSafeInteger(count)) return undefined;
  const size = count * (dtype === "bool" ? 1 : 4);
  if (at + size > bytes.length) return undefined;
  const { buffer } = bytes.slice(at, at + size);
  const Kind = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  const name = (asString(fact?.["name"]) ?? "").slice(0, 500);
  return { name, shape, dtype, values: new Kind(buffer) };
}

function statesIn(numbers: readonly unknown[]): RandomState[] {
  const states: RandomState[] = [];
  for (let i = 0; i + STATE <= numbers.length; i += STATE) {
    const [a, b, c, counter] = numbers.slice(i, i + STATE).map((one) => Number(one) | 0);
    states.push([a ?? 0, b ?? 0, c ?? 0, counter ?? 0]);
  }
  return states;
}

function numbersIn(value: unknown): Record<string, number> {
  return Object.fromEntries(
    Object.entries(asRecord(value) ?? {})
      .slice(0, 100)
      .filter((one): one is [string, number] => typeof one[1] === "number"),
  );
}

function whole(value: unknown): number {
  const number = asNumber(value) ?? 0;
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
