/** A tensor: its shape, its type and its first values, read without blocking. */
import type { Json } from "../../base/json.ts";
import type { MimeBundle, TensorOutput } from "../mime.ts";

const MOST_VALUES = 1_000;

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
  const { shape, dtype } = tensor;
  const data = await tensor.data();
  const values = Array.from({ length: Math.min(data.length, MOST_VALUES) }, (_, i) =>
    valueOf(data[i], dtype),
  );
  const output: TensorOutput = { shape: [...shape], dtype, values };
  const few = values.slice(0, 20).map(String).join(", ");
  return {
    "application/vnd.ensemble.tensor+json": output,
    "text/plain": `Tensor ${dtype} [${shape.join(", ")}]: ${few}${data.length > 20 ? ", …" : ""}`,
  };
}

function valueOf(value: unknown, dtype: string): Json {
  if (dtype === "bool") return Boolean(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return typeof value === "string" ? value : null;
}
