/**
 * The other side that compiles a step: jax-js with `jit`, Adam written out. It has it a little easier: its batches lie
 * ready on the device, where TensorFlow.js shuffles and gathers.
 */
import { init, defaultDevice, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { BATCH } from "./models.ts";
import { type Peer, type Weights, peers } from "./peerModels.ts";

type State = { weights: Weights; means: Weights; squares: Weights; powers: np.Array[] };

export type PeerId = keyof typeof peers;

export function isPeer(id: string): id is PeerId {
  return id in peers;
}

export async function startPeer(): Promise<void> {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU here");
  defaultDevice("webgpu");
}

export async function fitPeer(
  id: PeerId,
  { steps, epochs }: { readonly steps: number; readonly epochs: number },
  epochIsOver: () => void,
): Promise<void> {
  const peer: Peer = peers[id];
  const batches = Array.from({ length: steps }, () => ({
    x: uniform([BATCH, ...peer.input]),
    y: peer.output === 1 ? uniform([BATCH, 1]) : oneHot(BATCH, peer.output),
  }));
  const step = stepOf(peer);
  const weights = peer.shapes.map(initial);
  const zeros = (): Weights => peer.shapes.map((shape) => np.zeros([...shape]));
  let state: State = {
    ...{ weights, means: zeros(), squares: zeros() },
    powers: [np.array([1]), np.array([1])],
  };
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

function stepOf(peer: Peer) {
  const errors = peer.output === 1 ? squared : crossEntropy;
  const lossOf = (weights: Weights, x: np.Array, y: np.Array): [np.Array, np.Array] =>
    errors(peer.forward(weights, x), y);
  const gradients = valueAndGrad(lossOf, { hasAux: true });
  return jit((state: State, x: np.Array, y: np.Array): [State, np.Array, np.Array] => {
    const [[loss, accuracy], found] = gradients(tree.ref(state.weights), x, y);
    return [adam(state, found), loss, accuracy];
  });
}

function crossEntropy(logits: np.Array, y: np.Array): [np.Array, np.Array] {
  const right = np.equal(np.argmax(lax.stopGradient(logits.ref), 1), np.argmax(y.ref, 1));
  const loss = np.mean(np.sum(nn.logSoftmax(logits, 1).mul(y), 1)).mul(-1);
  return [loss, np.mean(right.astype(np.float32))];
}

function squared(output: np.Array, y: np.Array): [np.Array, np.Array] {
  return [np.mean(np.square(output.sub(y))), np.zeros([])];
}

/** With TensorFlow.js's own settings. */
function adam({ weights, means, squares, powers }: State, gradients: Weights): State {
  const [b1, b2, rate, epsilon] = [0.9, 0.999, 0.001, 1e-7];
  const [p1, p2] = powers as [np.Array, np.Array];
  const [power1, power2] = [p1.mul(b1), p2.mul(b2)];
  const next: State = { weights: [], means: [], squares: [], powers: [power1.ref, power2.ref] };
  weights.forEach((weight, i) => {
    const gradient = gradients[i] as np.Array;
    const mean = (means[i] as np.Array).mul(b1).add(gradient.ref.mul(1 - b1));
    const square = (squares[i] as np.Array).mul(b2).add(np.square(gradient).mul(1 - b2));
    const unbiased = mean.ref.div(np.array(1).sub(power1.ref));
    const root = np.sqrt(square.ref.div(np.array(1).sub(power2.ref))).add(epsilon);
    next.weights.push(weight.sub(unbiased.div(root).mul(rate)));
    next.means.push(mean);
    next.squares.push(square);
  });
  power1.dispose();
  power2.dispose();
  return next;
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

/** Glorot's. */
function initial(shape: readonly number[]): np.Array {
  const size = shape.reduce((product, one) => product * one, 1);
  if (shape.length < 2 || shape[1] === 1) return np.zeros([...shape]);
  const [out = 1, into = 1] = shape.length === 4 ? shape : [shape[1], shape[0]];
  const limit = Math.sqrt((6 * out * into) / (size * (out + into)));
  const values = Float32Array.from({ length: size }, () => (2 * Math.random() - 1) * limit);
  return np.array(values).reshape([...shape]);
}
