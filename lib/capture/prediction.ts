/**
 * `model.predict` from a program: the same batches as TensorFlow.js's own loop over them (engine/training.js, predictLoop,
 * 4.22), each written where the result has it. The first calls are TensorFlow.js's: most models predict a few times only.
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep } from "./capturedStep.ts";
import { resourceOf } from "./deviceBuffer.ts";
import { drawn } from "./gatheredStep.ts";
import { inputKey } from "./inputKey.ts";
import type { Feed, Program } from "./program.ts";
import type { Step, StepWorld } from "./trace.ts";

/** So many batches of a shape are predicted before a program of them is worth its proof. */
const WORTH_IT = 8;
/** Batches of one command buffer. */
const MOST_BATCHES = 16;

/** What a model's predictions are captured with, by the shapes of what is given and the rows of a batch. */
export type Predictions = Map<string, Prediction>;

interface Prediction {
  readonly captured: CapturedStep;
  /** Predicted so far. */
  batches: number;
  state: string;
  canCapture: boolean;
}

/** What is asked of a model. */
export interface Predicting {
  /** TensorFlow.js's own loop over the batches of all rows. */
  loop(inputs: readonly tf.Tensor[], batchSize: number): tf.Tensor | tf.Tensor[];
  /** Equal texts where it computes the same but for its weights. */
  state(): string;
  /** Whether it is TensorFlow.js's own through and through: asked for where its state is another. */
  canCapture(): boolean;
}

/** Gives what the model's own loop gives. */
export function predicted(
  world: StepWorld,
  model: Predicting,
  inputs: readonly tf.Tensor[],
  batchSize: number,
  predictions: Predictions,
): tf.Tensor | tf.Tensor[] {
  const { tf } = world;
  const rows = inputs[0]?.shape[0] ?? 0;
  const size = Math.min(batchSize, rows);
  if (size === 0) return model.loop(inputs, batchSize);
  const known = predictionOf(predictions, `${inputKey(tf, inputs)}|${size}`);
  known.batches += Math.ceil(rows / size);
  const { captured } = known;
  if (known.batches <= WORTH_IT || captured.standing.kind === "proving")
    return model.loop(inputs, batchSize);
  const now = model.state();
  const isChanged = now !== known.state;
  if (isChanged) known.canCapture = model.canCapture();
  known.state = now;
  if (!known.canCapture) return model.loop(inputs, batchSize);
  const step: Step = (given) =>
    tf.tidy(() => {
      const numbers = given.at(-1) as tf.Tensor1D;
      const batch = given.slice(0, -1).map((one) => tf.gather(one, numbers));
      return ([] as tf.Tensor[]).concat(model.loop(batch, size));
    });
  const numbers = rowsFrom(tf, size);
  try {
    const given = [...inputs, numbers];
    if (isChanged) captured.changed(world, step, given);
    const { standing } = captured;
    if (standing.kind === "stock" && !standing.passing) return model.loop(inputs, batchSize);
    // A proof does a batch for real; who asked gets all of them in one tensor.
    tf.dispose([...(captured.advance(world, step, given) ?? [])]);
    const { program } = captured;
    if (!program) return model.loop(inputs, batchSize);
    return replayed(world, program, model, { inputs, numbers, size });
  } finally {
    numbers.dispose();
  }
}

function predictionOf(predictions: Predictions, key: string): Prediction {
  let known = predictions.get(key);
  if (!known) {
    known = { captured: new CapturedStep(), batches: 0, state: "", canCapture: false };
    predictions.set(key, known);
  }
  return known;
}

/** The numbers of the first rows. */
function rowsFrom(tf: StepWorld["tf"], count: number): tf.Tensor1D {
  return tf.keep(
    tf.tensor1d(
      Int32Array.from({ length: count }, (_, row) => row),
      "int32",
    ),
  );
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
  model: Predicting,
  { inputs, numbers, size }: Given,
): tf.Tensor | tf.Tensor[] {
  const rows = inputs[0]?.shape[0] ?? 0;
  const batches = Math.floor(rows / size);
  const infos = program.outputs.map(({ shape: [count = 0, ...rest], dtype }) =>
    backend.makeTensorInfo([batches * count, ...rest], dtype),
  );
  const places = infos.map(({ dataId }) => resourceOf(backend, dataId));
  // A single batch has its numbers already.
  const all = batches > 1 ? rowsFrom(tf, batches * size) : undefined;
  const bytes = size * 4;
  const feedOf = (from: tf.Tensor, first: number): Feed => ({
    ...{ from: resourceOf(backend, from.dataId), to: resourceOf(backend, numbers.dataId) },
    ...{ offset: first * bytes, stride: bytes, size: bytes },
  });
  const stride = (output: number): number => program.outputSizes[output] ?? 0;
  for (let first = 0; first < batches; first += MOST_BATCHES)
    program.run({
      steps: Math.min(MOST_BATCHES, batches - first),
      inputs: [...inputs, numbers],
      feeds: all ? [feedOf(all, first)] : [],
      results: places.map((place, i) => ({
        ...{ to: place, offset: first * stride(i), stride: stride(i) },
      })),
      random: () => drawn(swapRandom),
    });
  all?.dispose();
  const full = infos.map((info) => tf.engine().makeTensorFromTensorInfo(info as never));
  if (batches * size === rows) return single(full);
  return tf.tidy(() => {
    const left = inputs.map((one) => one.slice([batches * size]));
    const rest = ([] as tf.Tensor[]).concat(model.loop(left, size));
    const joined = full.map((one, i) => tf.concat([one, rest[i] as tf.Tensor], 0));
    tf.dispose(full);
    return single(joined);
  });
}

function single(tensors: tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  const [first] = tensors;
  return tensors.length === 1 && first ? first : tensors;
}
