/**
 * One model on all sides once, in a process of its own, so that whatever a side compiles is compiled anew each time.
 * TensorFlow.js fits a little first: its own kernels are there when either of its sides is measured, and what a captured
 * fit's first epoch takes more is what capture adds.
 */
import type * as tf from "@tensorflow/tfjs";
import { captureTraining } from "../../../lib/capture/captureTraining.ts";
import { seededRandom } from "../../../lib/kernel/guest/random.ts";
import { swapRandom } from "../../../lib/platform/browser/workerWorld.ts";
import { onAdapter } from "./adapter.ts";
import { countDispatches } from "./dispatches.ts";
import { type Fitted, measured } from "./fitted.ts";
import { faultsOf } from "./faults.ts";
import { BATCH, type Model, type ModelId, models } from "./models.ts";
import { fitPeer, startPeer } from "./peer.ts";
import { type Rate, SIDES, type Side, type Task, type Turn } from "./task.ts";

const SEED = 11;
const WARM_UP: Size = { steps: 1, epochs: 2 };
/** So long until the engine has compiled what a step of TensorFlow.js runs, which would count as the step's otherwise. */
const LONG_WARM_UP: Size = { steps: 40, epochs: 4 };
const USUAL: Size = { steps: 50, epochs: 5 };
const WITHOUT_KERNELS: Size = { steps: 10, epochs: 3 };
/** Fits of TensorFlow.js that show how far it differs from itself. */
const AGAIN = 2;
/** Of compiled steps, which are over sooner, more epochs are taken; their engine warms up on the first of them. */
const MORE = 10;

export async function takeTurn({ adapter: kind, model: id, rate, round }: Task): Promise<Turn> {
  const { lib, adapter } = await onAdapter(kind);
  const model: Model = models[id];
  const isEmpty = adapter.kind === "empty";
  const size = { empty: WITHOUT_KERNELS, software: model.inSoftware, hardware: USUAL }[
    adapter.kind
  ];
  countDispatches();
  const faults = faultsOf(lib);
  let isOn = false;
  let refused = "it was not asked";
  captureTraining(lib, {
    swapRandom,
    now: () => performance.now(),
    isOn: () => isOn,
    told: (_, how, why) => (refused = how === "captured" ? "" : why),
    stepping: () => undefined,
    holding: () => undefined,
  });
  await fitted(lib, model, adapter.kind === "software" ? WARM_UP : LONG_WARM_UP, rate);
  const sides: { [side in Side]?: Fitted } = {};
  const weights: { bare?: Weights; captured?: Weights } = {};
  const first = round % SIDES.length;
  const longer = { ...size, epochs: size.epochs * (isEmpty ? MORE : 1) };
  for (const side of [...SIDES.slice(first), ...SIDES.slice(0, first)]) {
    if (side === "peer") {
      if (rate !== "always") continue;
      sides.peer = await fittedByPeer(id, longer);
      continue;
    }
    isOn = side === "captured";
    const trained = await fitted(lib, model, isOn ? longer : size, rate);
    if (isOn && refused !== "") throw new Error(`it is not captured: ${refused}`);
    sides[side] = trained.fitted;
    weights[side] = trained.weights;
  }
  if (faults[0] !== undefined) throw new Error(faults[0]);
  const turn = { adapter, steps: size.steps * size.epochs, sides };
  if (isEmpty) return turn;
  const { bare = [], captured = [] } = weights;
  const difference = largestDifference(bare, captured);
  if (!model.differsFromItself) return { ...turn, difference };
  isOn = false;
  const again = [bare];
  for (let i = 0; i < AGAIN; i++) again.push((await fitted(lib, model, size, rate)).weights);
  const apart = again.flatMap((one, i) =>
    again.slice(i + 1).map((other) => largestDifference(one, other)),
  );
  return { ...turn, difference, ofItself: Math.max(...apart) };
}

type Weights = readonly Float32Array[];

interface Size {
  readonly steps: number;
  readonly epochs: number;
}

async function fitted(
  lib: typeof tf,
  made: Model,
  { steps, epochs }: Size,
  rate: Rate,
): Promise<{ readonly fitted: Fitted; readonly weights: Weights }> {
  const systems = Math.random;
  Math.random = seededRandom(SEED);
  try {
    const { model, x, y } = made.make(lib, steps * BATCH);
    const optimizer = model.optimizer as unknown as { learningRate: number };
    const { learningRate } = optimizer;
    let batches = 0;
    const change = (): void =>
      void (optimizer.learningRate = (learningRate * (3 + Math.cos(++batches / 10))) / 4);
    const changing = rate === "each batch" ? { onBatchBegin: change } : {};
    const fitted = await measured(steps, (epochIsOver) =>
      model.fit(x, y, {
        ...{ epochs, batchSize: BATCH, verbose: 0 },
        callbacks: { onEpochEnd: epochIsOver, ...changing },
      }),
    );
    const weights = await Promise.all(
      model.getWeights().map(async (one) => (await one.data<"float32">()).slice()),
    );
    model.dispose();
    lib.dispose([x, y]);
    lib.disposeVariables();
    return { fitted, weights };
  } finally {
    Math.random = systems;
  }
}

async function fittedByPeer(id: ModelId, { steps, epochs }: Size): Promise<Fitted> {
  await startPeer();
  return measured(steps, (epochIsOver) => fitPeer(id, { steps, epochs }, epochIsOver));
}

function largestDifference(one: Weights, other: Weights): number {
  let largest = 0;
  one.forEach((values, i) =>
    values.forEach((value, at) => {
      const difference = Math.abs(value - (other[i]?.[at] ?? NaN));
      largest = difference <= largest ? largest : difference;
    }),
  );
  return largest;
}
