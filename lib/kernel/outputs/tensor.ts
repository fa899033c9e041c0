/** A tensor: its shape, its type and its first values, read without blocking. */
import type { Json } from "../../base/json.ts";
import type { MimeBundle, TensorOutput } from "../mime.ts";
import { itemsOf, lengthOf, wordIn } from "./fields.ts";
import { textOf } from "./text.ts";

const MOST_VALUES = 1_000;
const MOST_AXES = 16;
const LONGEST_TEXT = 200;

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  data(): Promise<ArrayLike<unknown>>;
}

export function isTensor(value: object): value is TensorLike {
  return (
    "dataId" in value && "dtype" in value && "data" in value && typeof value.data === "function"
  );
}

export async function tensorBundle(tensor: TensorLike): Promise<MimeBundle> {
  // Whatever passes for a tensor may say anything of itself.
  const shape = itemsOf(tensor.shape, MOST_AXES).map(Number);
  const dtype = wordIn(tensor.dtype, 20) ?? "";
  const data = await tensor.data();
  const values = Array.from({ length: Math.min(lengthOf(data), MOST_VALUES) }, (_, i) =>
    valueOf(data[i], dtype),
  );
  const output: TensorOutput = { shape, dtype, values };
  const few = values.slice(0, 20).map(textOf).join(", ");
  return {
    "application/vnd.ensemble.tensor+json": output,
    "text/plain": `Tensor ${dtype} [${shape.join(", ")}]: ${few}${data.length > 20 ? ", …" : ""}`,
  };
}

function valueOf(value: unknown, dtype: string): Json {
  if (dtype === "bool") return Boolean(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return wordIn(value, LONGEST_TEXT) ?? null;
}
