/**
 * Metric series as bytes: what a run's document and blob hold instead of one item a point.
 *
 *   chunk: version u8 · attempt · at (ms since the run began) · blocks…
 *   block: flags u8 · name · count · first step · stride, or a delta for each further step · values
 *
 * Integers are variable-length (lib0). Values are 32-bit floats where that loses nothing, which is what
 * TensorFlow.js gives, else 64-bit; so NaN and infinities survive. Knows nothing of documents.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** What a step counts. The first batch and the first epoch are 1: "epoch 3" has three epochs done. */
export type Axis = "batch" | "epoch" | "step";

/** A series' points in the order in which they were logged; both arrays are of one length. */
export interface Points {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Some points of one metric. */
export interface Block extends Points {
  readonly name: string;
  readonly by: Axis;
}

/** What was logged between two flushes. */
export interface Chunk {
  /** The segment of the run that wrote it: 1, then one more each time it was resumed. */
  readonly attempt: number;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly blocks: readonly Block[];
}

export const MAX_NAME = 200;
const VERSION = 1;
const AXES: readonly Axis[] = ["batch", "epoch", "step"];
const WIDE = 4;
const IRREGULAR = 8;

/** One name for a series in maps and documents. */
export function seriesKey(series: Pick<Block, "name" | "by">): string {
  return `${series.by}/${series.name}`;
}

export function encodeChunk(chunk: Chunk): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, VERSION);
  encoding.writeVarUint(encoder, chunk.attempt);
  encoding.writeVarUint(encoder, Math.max(0, Math.round(chunk.at)));
  for (const block of chunk.blocks) if (block.steps.length > 0) writeBlock(encoder, block);
  return encoding.toUint8Array(encoder);
}

function writeBlock(encoder: encoding.Encoder, { name, by, steps, values }: Block): void {
  const stride = Math.max(0, (steps[1] ?? 0) - (steps[0] ?? 0));
  const regular = steps.every((step, i) => i === 0 || step - (steps[i - 1] ?? 0) === stride);
  const wide = values.some((value) => !Object.is(Math.fround(value), value));
  const flags = AXES.indexOf(by) | (wide ? WIDE : 0) | (regular ? 0 : IRREGULAR);
  encoding.writeUint8(encoder, flags);
  encoding.writeVarString(encoder, name);
  encoding.writeVarUint(encoder, steps.length);
  encoding.writeVarUint(encoder, steps[0] ?? 0);
  if (regular) encoding.writeVarUint(encoder, stride);
  else
    steps.forEach((step, i) => i > 0 && encoding.writeVarInt(encoder, step - (steps[i - 1] ?? 0)));
  const write = wide ? encoding.writeFloat64 : encoding.writeFloat32;
  for (const value of values) write(encoder, value);
}

/** The chunk in these bytes, or undefined where they are none: another client may have written anything. */
export function decodeChunk(bytes: Uint8Array): Chunk | undefined {
  const decoder = decoding.createDecoder(bytes);
  try {
    if (decoding.readUint8(decoder) !== VERSION) return undefined;
    const attempt = decoding.readVarUint(decoder);
    const at = decoding.readVarUint(decoder);
    const blocks: Block[] = [];
    while (decoding.hasContent(decoder)) blocks.push(readBlock(decoder));
    return { attempt, at, blocks };
  } catch {
    return undefined;
  }
}

function readBlock(decoder: decoding.Decoder): Block {
  const flags = decoding.readUint8(decoder);
  const by = AXES[flags & 3];
  const name = decoding.readVarString(decoder);
  const count = decoding.readVarUint(decoder);
  const width = flags & WIDE ? 8 : 4;
  const room = decoder.arr.length - decoder.pos;
  if (by === undefined || name.length > MAX_NAME || count * width > room)
    throw new RangeError("not a block");
  let step = decoding.readVarUint(decoder);
  const stride = flags & IRREGULAR ? undefined : decoding.readVarUint(decoder);
  const steps: number[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0) step += stride ?? decoding.readVarInt(decoder);
    if (!Number.isSafeInteger(step) || step < 0) throw new RangeError("not a step");
    steps.push(step);
  }
  const read = flags & WIDE ? decoding.readFloat64 : decoding.readFloat32;
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(read(decoder));
  return { name, by, steps, values };
}

/**
 * At most four points for each of `buckets` stretches of equal length: its smallest and largest value, its
 * first that is not a number, and its last; and the very first point. A short series is given back as it is.
 */
export function downsample(points: Points, buckets: number): Points {
  const { steps, values } = points;
  const count = steps.length;
  if (count <= buckets * 3) return points;
  const kept: number[] = [0];
  for (let b = 0; b < buckets; b++) {
    const from = Math.floor((b * count) / buckets);
    const to = Math.floor(((b + 1) * count) / buckets);
    let [low, high, broken] = [-1, -1, -1];
    for (let i = from; i < to; i++) {
      const value = values[i] ?? NaN;
      if (Number.isNaN(value)) {
        if (broken < 0) broken = i;
        continue;
      }
      if (low < 0 || value < (values[low] ?? NaN)) low = i;
      if (high < 0 || value > (values[high] ?? NaN)) high = i;
    }
    kept.push(...[low, high, broken, to - 1].filter((i) => i >= 0).sort((a, z) => a - z));
  }
  const once = kept.filter((index, i) => index !== kept[i - 1]);
  return {
    steps: once.map((i) => steps[i] ?? 0),
    values: once.map((i) => values[i] ?? NaN),
  };
}
