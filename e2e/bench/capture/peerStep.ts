/** A step of the peer as one compiled function: the loss, its gradients, and Adam written out. */
import { jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { Weights } from "./peerLayers.ts";
import type { Peer } from "./peerModels.ts";

type State = {
  weights: Weights;
  means: Weights;
  squares: Weights;
  powers: np.Array[];
};

export function startOf(peer: Peer): State {
  const weights = peer.weights();
  const zeros = (): Weights => weights.map(({ shape }) => np.zeros(shape));
  return {
    ...{ weights, means: zeros(), squares: zeros() },
    powers: [np.array([1]), np.array([1])],
  };
}

/** Takes its arguments over; gives the state after it, the loss, and the accuracy, which is 0 where there are no classes. */
export function stepOf(peer: Peer) {
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
