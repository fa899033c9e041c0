/**
 * The other side that compiles a step: jax-js with `jit`. It has it a little easier: its batches lie ready on the device,
 * where TensorFlow.js shuffles and gathers, and it keeps no moving averages of what it normalises.
 */
import { init, defaultDevice, numpy as np, tree } from "@jax-js/jax";
import { BATCH, type ModelId } from "./models.ts";
import { peers } from "./peerModels.ts";
import { startOf, stepOf } from "./peerStep.ts";

export async function startPeer(): Promise<void> {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU here");
  defaultDevice("webgpu");
}

export async function fitPeer(
  id: ModelId,
  { steps, epochs }: { readonly steps: number; readonly epochs: number },
  epochIsOver: () => void,
): Promise<void> {
  const peer = peers[id];
  const batches = Array.from({ length: steps }, () => ({
    x: uniform([BATCH, ...peer.input]),
    y: peer.output === 1 ? uniform([BATCH, 1]) : oneHot(BATCH, peer.output),
  }));
  const step = stepOf(peer);
  let state = startOf(peer);
  for (let epoch = 0; epoch < epochs; epoch++) {
    let isRead: Promise<unknown> = Promise.resolve();
    for (const { x, y } of batches) {
      // It submits what somebody waits for; what nobody waits for piles up, and each step goes through it again.
      await isRead;
      const [next, loss, accuracy] = step(state, x.ref, y.ref);
      state = next;
      accuracy.dispose();
      isRead = loss.data();
    }
    await isRead;
    epochIsOver();
  }
  tree.dispose(state);
  tree.dispose(batches);
  step.dispose();
}

function uniform(shape: readonly number[]): np.Array {
  const size = shape.reduce((product, one) => product * one, 1);
  return np.array(Float32Array.from({ length: size }, Math.random)).reshape([...shape]);
}

function oneHot(rows: number, classes: number): np.Array {
  const values = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++)
    values[row * classes + Math.floor(Math.random() * classes)] = 1;
  return np.array(values).reshape([rows, classes]);
}
