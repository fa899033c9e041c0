/** A tensor: its shape, its type and its first values, and a picture of it where it is one of images. */
import type { Json } from "../../base/json.ts";
import type { MimeBundle, TensorOutput } from "../mime.ts";
import { itemsOf, wordIn } from "./fields.ts";
import { tensorPicture } from "./tensorPicture.ts";
import { textOf } from "./text.ts";

const MOST_VALUES = 1_000;
/** Of so many the least and the largest are looked for. */
const MOST_SCANNED = 300_000_000;
const MOST_AXES = 16;
const MOST_COLUMNS = 24;
const LONGEST_TEXT = 200;

export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed?: boolean;
  data(): Promise<ArrayLike<unknown>>;
}

export function isTensor(value: object): value is TensorLike {
  return (
    "dataId" in value && "dtype" in value && "data" in value && typeof value.data === "function"
  );
}

/** Read without blocking. */
export async function tensorBundle(tensor: TensorLike): Promise<MimeBundle> {
  // Whatever passes for a tensor may say anything of itself.
  const shape = itemsOf(tensor.shape, MOST_AXES).map(Number);
  const dtype = wordIn(tensor.dtype, 20) ?? "";
  const named = `${dtype} tensor [${shape.join(", ")}]`;
  if (tensor.isDisposed) return gone(named);
  let data: ArrayLike<unknown>;
  try {
    data = await tensor.data();
  } catch (error) {
    if (tensor.isDisposed) return gone(named);
    throw error;
  }
  const { values, columns } = firstValues(data, shape, dtype);
  const range = rangeOf(data, dtype);
  const picture = range && (await tensorPicture({ shape, dtype, data, range }));
  const output: TensorOutput = {
    shape: [...shape],
    dtype,
    values,
    columns,
    ...(range ? { range } : {}),
    ...(picture ? { picture } : {}),
  };
  const few = values.slice(0, 20).map(textOf).join(", ");
  return {
    "application/vnd.ensemble.tensor+json": output,
    "text/plain": `Tensor ${dtype} [${shape.join(", ")}]: ${few}${data.length > 20 ? ", …" : ""}`,
  };
}

function gone(named: string): MimeBundle {
  return {
    "text/plain": `This ${named} was disposed, and its values are gone. Show it before dispose(), or give it out of tf.tidy().`,
  };
}

/** Where rows are long, the beginning of many says more than all of one. */
function firstValues(
  data: ArrayLike<unknown>,
  shape: readonly number[],
  dtype: string,
): { values: Json[]; columns: number } {
  const width = shape.at(-1) ?? 1;
  const columns = shape.length < 2 ? width : Math.min(width, MOST_COLUMNS);
  const count = dtype === "complex64" ? data.length / 2 : data.length;
  const values: Json[] = [];
  for (let at = 0; at < count && values.length + columns <= MOST_VALUES; at += width)
    for (let i = at; i < Math.min(count, at + columns); i++) values.push(valueOf(data, i, dtype));
  if (values.length > 0 || count === 0) return { values, columns };
  const all = Array.from({ length: MOST_VALUES }, (_, i) => valueOf(data, i, dtype));
  return { values: all, columns };
}

function valueOf(data: ArrayLike<unknown>, at: number, dtype: string): Json {
  const value = data[at];
  if (dtype === "bool") return Boolean(value);
  if (dtype === "complex64") {
    const [real, imaginary] = [Number(data[2 * at]), Number(data[2 * at + 1])];
    return `${real} ${imaginary < 0 ? "−" : "+"} ${Math.abs(imaginary)}i`;
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return wordIn(value, LONGEST_TEXT) ?? null;
}

function rangeOf(data: ArrayLike<unknown>, dtype: string): TensorOutput["range"] {
  if (dtype === "string" || dtype === "complex64" || data.length > MOST_SCANNED) return undefined;
  let [min, max, odd] = [Infinity, -Infinity, 0];
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isFinite(value)) odd++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max, odd } : undefined;
}
