/**
 * A model's training step for batches that come as tensors, as `fitDataset` and `trainOnBatch` have them: the same call
 * with the same results, from a program once there is one.
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep, type Standing } from "./capturedStep.ts";
import { resourceOf } from "./deviceBuffer.ts";
import { drawn } from "./gatheredStep.ts";
import { inputKey } from "./inputKey.ts";
import type { TrainFunction } from "./internals.ts";
import type { Program } from "./program.ts";
import type { Step, StepWorld } from "./trace.ts";

/** Steps by the shapes of what they are given. */
export type StepsByShape = Map<string, CapturedStep>;

/** `isChanged`: whether something may have changed the model since this step was run last. */
export function capturedFunction(
  world: StepWorld,
  f: TrainFunction,
  steps: StepsByShape,
  isChanged: (step: CapturedStep) => boolean,
  told: (standing: Standing) => void,
): TrainFunction {
  return (data) => {
    const inputs = data.filter((one) => one !== null);
    const step: Step = (given) => {
      let next = 0;
      return f(data.map((one) => one && (given[next++] as tf.Tensor)));
    };
    const shape = inputKey(world.tf, data);
    const captured = steps.get(shape) ?? new CapturedStep();
    steps.set(shape, captured);
    if (isChanged(captured)) captured.changed(world, step, inputs);
    const outputs = captured.advance(world, step, inputs);
    told(captured.standing);
    return (outputs ?? replayed(world, captured.program, inputs)) as tf.Scalar[];
  };
}

/** One step of the program, with tensors of their own for what it gives. */
export function replayed(
  { tf, backend, swapRandom }: StepWorld,
  program: Program | undefined,
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  if (!program) throw new Error("A captured step has no program");
  const infos = program.outputs.map(({ shape, dtype }) => backend.makeTensorInfo(shape, dtype));
  const results = infos.map(({ dataId }) => ({
    to: resourceOf(backend, dataId),
    offset: 0,
    stride: 0,
  }));
  program.run({ steps: 1, inputs, results, random: () => drawn(swapRandom) });
  return infos.map((info) => tf.engine().makeTensorFromTensorInfo(info as never));
}
