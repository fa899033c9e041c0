/**
 * `model.predict` from a program: the same batches as TensorFlow.js's own loop over them (engine/training.js, predictLoop,
 * 4.22), each written where the result has it. The first calls are TensorFlow.js's: most models predict a few times only.
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep } from "./capturedStep.ts";
import { resourceOf } from "./deviceBuffer.ts";
import { inputKey } from "./inputKey.ts";
import { drawn } from "./gatheredStep.ts";
import type { Program } from "./program.ts";
import type { Step, StepWorld } from "./trace.ts";

/** So many batches of a shape are predicted before a program of them is worth its proof. */
const WORTH_IT = 8;
/** Batches of one command buffer. */
const MOST_BATCHES = 16;

/** What a model's predictions are captured with, by the shapes of what is given and the rows of a batch. */
export type Predictions = Map<string, Prediction>;

export interface Prediction {
  readonly captured: CapturedStep;
  /** Predicted so far. */
  batches: number;
  state: string;
}

/** TensorFlow.js's own loop. */
type Original = (inputs: readonly tf.Tensor[], batchSize: number) => tf.Tensor | tf.Tensor[];

/** Gives what `original` gives. `state`: equal texts where the model computes the same but for its weights. */
export function predicted(
  world: StepWorld,
  original: Original,
  inputs: readonly tf.Tensor[],
  batchSize: number,
  predictions: Predictions,
  state: () => string,
): tf.Tensor | tf.Tensor[] {
  const { tf } = world;
  const rows = inputs[0]?.shape[0] ?? 0;
  const size = Math.min(batchSize, rows);
  const key = `${inputKey(tf, inputs)}|${size}`;
  const known = predictions.get(key) ?? { captured: new CapturedStep(), batches: 0, state: "" };
  predictions.set(key, known);
  known.batches += Math.ceil(rows / size);
  const { captured } = known;
  const { kind } = captured.standing;
  if (size === 0 || known.batches <= WORTH_IT || kind === "proving")
    return original(inputs, batchSize);
  const step: Step = (given) =>
    tf.tidy(() => {
      const numbers = given.at(-1) as tf.Tensor1D;
      const batch = given.slice(0, -1).map((one) => tf.gather(one, numbers));
      return ([] as tf.Tensor[]).concat(original(batch, size));
    });
  const numbers = tf.keep(tf.tensor1d(rowsFrom(size), "int32"));
  try {
    const given = [...inputs, numbers];
    const now = state();
    if (now !== known.state) captured.changed(world, step, given);
    known.state = now;
    const { standing } = captured;
    if (standing.kind === "stock" && !standing.passing) return original(inputs, batchSize);
    // A proof does a batch for real; who asked gets all of them in one tensor.
    tf.dispose([...(captured.advance(world, step, given) ?? [])]);
    const { program } = captured;
    if (!program) return original(inputs, batchSize);
    return replayed(world, program, original, { inputs, numbers, size });
  } finally {
    numbers.dispose();
  }
}

function rowsFrom(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

interface Given {
  readonly inputs: readonly tf.Tensor[];
  /** Where the program finds the numbers of a batch's rows: the first batch's for now. */
  readonly numbers: tf.Tensor;
  /** Rows of a batch. */
  readonly size: number;
}

/** Full batches by the program, the rows that are left as TensorFlow.js does it. */
function replayed(
  { tf, backend, swapRandom }: StepWorld,
  program: Program,
  original: Original,
  { inputs, numbers, size }: Given,
): tf.Tensor | tf.Tensor[] {
  const rows = inputs[0]?.shape[0] ?? 0;
  const batches = Math.floor(rows / size);
  const infos = program.outputs.map(({ shape: [count = 0, ...rest], dtype }) =>
    backend.makeTensorInfo([batches * count, ...rest], dtype),
  );
  const places = infos.map(({ dataId }) => resourceOf(backend, dataId));
  const all = tf.keep(tf.tensor1d(rowsFrom(batches * size), "int32"));
  const from = resourceOf(backend, all.dataId);
  const to = resourceOf(backend, numbers.dataId);
  const bytes = size * 4;
  const stride = (output: number): number => program.outputSizes[output] ?? 0;
  for (let first = 0; first < batches; first += MOST_BATCHES)
    program.run({
      steps: Math.min(MOST_BATCHES, batches - first),
      inputs: [...inputs, numbers],
      feeds: [{ from, to, offset: first * bytes, stride: bytes, size: bytes }],
      results: places.map((place, i) => ({
        ...{ to: place, offset: first * stride(i), stride: stride(i) },
      })),
      random: () => drawn(swapRandom),
    });
  all.dispose();
  const full = infos.map((info) => tf.engine().makeTensorFromTensorInfo(info as never));
  if (batches * size === rows) return single(full);
  return tf.tidy(() => {
    const left = inputs.map((one) => one.slice([batches * size]));
    const rest = ([] as tf.Tensor[]).concat(original(left, size));
    const joined = full.map((one, i) => tf.concat([one, rest[i] as tf.Tensor], 0));
    tf.dispose(full);
    return single(joined);
  });
}

function single(tensors: tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  const [first] = tensors;
  return tensors.length === 1 && first ? first : tensors;
}
