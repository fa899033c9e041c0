/** Which of a fit's callbacks look at every batch, and how the others are told of several at once. */
import type * as tf from "@tensorflow/tfjs";
import type { CustomFields, TensorFlow } from "./internals.ts";

/** Batches of one epoch that were trained one after another. */
export interface Batches {
  readonly labels: readonly string[];
  /** For each batch the values by label, in the order of `labels`. */
  readonly values: readonly (readonly number[])[];
}

/** A callback that takes batches many at a time, with their numbers read already. */
export interface BatchesCallback {
  onBatches(batches: Batches): void | Promise<void>;
}

type Callback = tf.CustomCallback;

export interface Observers {
  /** Must be called for every batch, before and after it. */
  readonly each: readonly Callback[];
  readonly many: readonly (Callback & BatchesCallback)[];
  /** Want only now and then to let the page go on. */
  readonly yielding: readonly Callback[];
}

/** Sorts a fit's callbacks. TensorFlow.js's own first and last, its logger and its history, are left out. */
export function observersOf(tf: TensorFlow, callbacks: readonly Callback[]): Observers {
  const base = Object.getPrototypeOf(tf.CustomCallback.prototype) as Callback;
  const custom = tf.CustomCallback.prototype;
  const sorted = callbacks.map((one) => {
    if (takesMany(one)) return { one, how: "many" as const };
    const isPlain = (name: "onBatchBegin" | "onBatchEnd"): boolean =>
      one[name] === base[name] || one[name] === custom[name];
    if (!isPlain("onBatchBegin") || !isPlain("onBatchEnd")) return { one, how: "each" as const };
    if (!(one instanceof tf.CustomCallback)) return { one, how: "none" as const };
    const { batchBegin, batchEnd, yield: onYield, yieldEvery } = one as unknown as CustomFields;
    const looks = batchBegin != null || batchEnd != null || onYield != null;
    if (looks || yieldEvery === "batch") return { one, how: "each" as const };
    return { one, how: typeof yieldEvery === "number" ? ("yielding" as const) : ("none" as const) };
  });
  const all = (how: string): Callback[] =>
    sorted.filter((found) => found.how === how).map(({ one }) => one);
  return {
    each: all("each"),
    many: all("many").filter(takesMany),
    yielding: all("yielding"),
  };
}

function takesMany(one: Callback): one is Callback & BatchesCallback {
  return typeof (one as Partial<BatchesCallback>).onBatches === "function";
}
