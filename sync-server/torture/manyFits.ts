/** Fits of one model and of many, again and again: what they hold on the device must not grow with their number. */
import type * as tf from "@tensorflow/tfjs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mlp, told } from "../../lib/capture/testing/bothWays.ts";
import { buffersBesideThePool, pool } from "../../lib/capture/testing/deviceMemory.ts";
import { type Say, must } from "./torture.ts";

/** By then all is there that a fit needs: kernels, programs, and what TensorFlow.js pools. */
const SETTLED = 5;
/** Of these one is a new model. */
const NEW_EVERY = 10;
const FIT = { epochs: 4, batchSize: 16, verbose: 0, validationSplit: 0.25 } as const;

export async function fitMany(gpu: typeof tf, fits: number, say: Say): Promise<void> {
  const own = buffersBesideThePool(gpu);
  const groups = liveBindGroups(gpu);
  const held = async (): Promise<Record<string, number>> => {
    const { numTensors, numBytes, numDataBuffers } = gpu.memory();
    return {
      numTensors,
      numBytes,
      numDataBuffers,
      ...pool(gpu),
      own: own(),
      groups: await groups(),
    };
  };
  const fitted = mlp({ optimizer: "adam" })(gpu);
  let settled: Record<string, number> | undefined;
  for (let i = 0; i < fits; i++) {
    await fitted.model.fit(fitted.x, fitted.y, FIT);
    must(told().at(-1)?.[0] === "captured", "a fit was not captured");
    if (i % NEW_EVERY === 0) await fitAndForget(gpu);
    if (i === SETTLED) settled = await held();
  }
  const last = await held();
  must(
    JSON.stringify(last) === JSON.stringify(settled),
    `${fits} fits leave ${JSON.stringify(last)}, and ${SETTLED + 1} of them ${JSON.stringify(settled)}`,
  );
  fitted.model.dispose();
  gpu.disposeVariables();
  gpu.dispose([fitted.x, fitted.y]);
  must(own() === 0, `${own()} buffers of programs are left where the models are gone`);
  say(
    `${fits} fits: ${JSON.stringify(last)} as after ${SETTLED + 1}, and no buffer without the model`,
  );
}

async function fitAndForget(gpu: typeof tf): Promise<void> {
  const { model, x, y } = mlp({ optimizer: "adam" })(gpu);
  await model.fit(x, y, FIT);
  const { optimizer } = model;
  model.dispose();
  optimizer.dispose();
  gpu.dispose([x, y]);
}

/** How many there are that nobody could collect. */
function liveBindGroups(gpu: typeof tf): () => Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { device } = gpu.backend() as unknown as { readonly device: GPUDevice };
  const create = device.createBindGroup.bind(device);
  let made: WeakRef<GPUBindGroup>[] = [];
  device.createBindGroup = (descriptor) => {
    const group = create(descriptor);
    made.push(new WeakRef(group));
    return group;
  };
  return async () => {
    // A reference is held to the end of the turn that made it or looked at it.
    await new Promise(setImmediate);
    collect();
    await new Promise(setImmediate);
    collect();
    made = made.filter((one) => one.deref() !== undefined);
    return made.length;
  };
}
