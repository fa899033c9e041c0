// A learning rate may change from step to step: a program reads it, and no step is TensorFlow.js's own again for it.
import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { fittedBothWays, mlp, onSoftwareGpu, told } from "./testing/bothWays.ts";
import { buffersBesideThePool, pool } from "./testing/deviceMemory.ts";
import { cosine, scheduled, setRate } from "./testing/schedule.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await onSoftwareGpu();
});

interface Hand {
  readonly body: () => tf.Scalar;
  /** Called ahead of each step. */
  readonly before: (step: number) => void;
}

describe("a learning rate that is another with every batch gives TensorFlow.js's numbers from a program", () => {
  // One for each way in which a step comes by its rate; the torture of captured training takes all.
  const optimizers: Record<string, () => tf.Optimizer> = {
    sgd: () => gpu.train.sgd(0.05),
    adam: () => gpu.train.adam(0.05),
    rmsprop: () => gpu.train.rmsprop(0.05),
  };

  for (const [name, optimizer] of Object.entries(optimizers))
    it(`with ${name}`, async () => {
      const { captured, stock } = await fittedBothWays(mlp(), (calls, { model, x, y }) => {
        model.compile({ optimizer: optimizer(), loss: "categoricalCrossentropy" });
        let batches = 0;
        const change = (): void => setRate(model.optimizer, cosine(++batches));
        const onBatchEnd = (batch: number, logs?: tf.Logs): void =>
          void calls.push([batch, logs?.["loss"]]);
        const callbacks = { onBatchBegin: change, onBatchEnd };
        return model.fit(x, y, { epochs: 6, batchSize: 16, verbose: 0, callbacks });
      });
      expect(captured.told).toEqual([["captured", ""]]);
      expect(captured.seen).toEqual(stock.seen);
    });

  it("with an epoch's rate, and one that a second fit begins with", async () => {
    const { captured, stock } = await fittedBothWays(
      mlp({ optimizer: "adam" }),
      async (_, { model, x, y }) => {
        const fit = (from: number): Promise<tf.History> =>
          model.fit(x, y, {
            ...{ epochs: 8, batchSize: 16, verbose: 0 },
            callbacks: { onEpochBegin: (epoch) => setRate(model.optimizer, cosine(from + epoch)) },
          });
        await fit(0);
        return fit(3);
      },
    );
    expect(new Set(captured.told.map(([how]) => how))).toEqual(new Set(["captured"]));
    expect(captured.seen).toEqual(stock.seen);
  });

  it("with batches one by one", async () => {
    const { captured, stock } = await fittedBothWays(
      mlp({ optimizer: "adam" }),
      async (calls, { model, x, y }, { ready }) => {
        for (let i = 0; i < 16; i++) {
          if (i < 9) await ready();
          if (i > 1) setRate(model.optimizer, cosine(i));
          calls.push(await model.trainOnBatch(x, y));
        }
      },
    );
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.told.some(([how]) => how === "stock")).toBe(false);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("with two optimizers in one step by hand, whose rates change at other times", async () => {
    let bodies = 0;
    const { captured, stock } = await fittedBothWays(
      mlp(),
      async (calls, { x, y }, { capture, ready }) => {
        const rows = x as tf.Tensor2D;
        const [one, other] = [gpu.variable(gpu.zeros([4, 3])), gpu.variable(gpu.zeros([4, 3]))];
        const [first, second] = [gpu.train.adam(0.1), gpu.train.rmsprop(0.02)];
        const lossOf = (w: tf.Tensor): tf.Scalar =>
          gpu.losses.softmaxCrossEntropy(y as tf.Tensor, gpu.matMul(rows, w as tf.Tensor2D));
        let runs = 0;
        const step = capture(() =>
          gpu.tidy(() => {
            runs++;
            const loss = first.minimize(() => lossOf(one), true, [one]) as tf.Scalar;
            const more = second.minimize(() => lossOf(other), true, [other]) as tf.Scalar;
            return loss.add(more);
          }),
        );
        for (let i = 0; i < 30; i++) {
          for (let wait = 0; wait < 5; wait++) await ready();
          if (i > 8 && i % 2 === 0) setRate(first, cosine(i));
          if (i > 14 && i % 3 === 0) setRate(second, cosine(i) / 10);
          const loss = step();
          calls.push((await loss.data())[0]);
          loss.dispose();
        }
        for (const optimizer of [first, second]) optimizer.dispose();
        bodies = runs;
      },
    );
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    // It is traced and proved three times: at first, and where each of the rates changes for the first time.
    expect(bodies).toBeLessThan(24);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("with a number of a step by hand that comes of the rate: as it is, and seldom tried again", async () => {
    let bodies = 0;
    const { captured, stock } = await fittedBothWays(
      mlp(),
      async (calls, { x }, { capture, ready }) => {
        const w = gpu.variable(gpu.ones([4, 3]));
        const optimizer = gpu.train.adam(0.1);
        const rate = optimizer as unknown as { readonly learningRate: number };
        bodies = 0;
        const step = capture(() => {
          bodies++;
          const loss = (): tf.Scalar =>
            gpu
              .matMul(x as tf.Tensor2D, w as tf.Tensor2D)
              .square()
              .mean()
              .mul(rate.learningRate / 3);
          return optimizer.minimize(loss, true) as tf.Scalar;
        });
        for (let i = 0; i < 36; i++) {
          for (let wait = 0; wait < 5; wait++) await ready();
          setRate(optimizer, cosine(i));
          const loss = step() as tf.Tensor;
          calls.push((await loss.data())[0]);
          loss.dispose();
        }
        optimizer.dispose();
      },
    );
    expect(captured.told.at(-1)).toEqual(["stock", "its settings change with every step"]);
    expect(captured.seen).toEqual(stock.seen);
    // Each of four proofs and of the one after 16 steps is three traces and a look at the rate.
    expect(bodies).toBeLessThanOrEqual(36 + 5 * 4);
  });

  /** Steps by hand over one variable each, of which a call takes the losses together. */
  async function expectSameByHand(
    make: (lossOf: (w: tf.Variable) => tf.Scalar, w: readonly tf.Variable[]) => Hand,
  ): Promise<void> {
    const { captured, stock } = await fittedBothWays(
      mlp(),
      async (calls, { x, y }, { capture, ready }) => {
        const w = [gpu.variable(gpu.ones([4, 3])), gpu.variable(gpu.ones([4, 3]))];
        const lossOf = (one: tf.Variable): tf.Scalar =>
          gpu.losses.softmaxCrossEntropy(
            y as tf.Tensor,
            gpu.matMul(x as tf.Tensor2D, one as tf.Tensor as tf.Tensor2D),
          );
        const { body, before } = make(lossOf, w);
        const step = capture(() => gpu.tidy(body));
        for (let i = 0; i < 26; i++) {
          for (let wait = 0; wait < 5; wait++) await ready();
          for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
          before(i);
          const loss = step() as tf.Tensor;
          calls.push((await loss.data())[0]);
          loss.dispose();
        }
      },
    );
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.seen).toEqual(stock.seen);
  }

  it("with two optimizers whose rates change together, then apart", async () => {
    await expectSameByHand((lossOf, [one, other]) => {
      const [first, second] = [gpu.train.adam(0.1), gpu.train.adam(0.1)];
      return {
        body: () => {
          const loss = first.minimize(() => lossOf(one as tf.Variable), true, [one as tf.Variable]);
          const more = second.minimize(() => lossOf(other as tf.Variable), true, [
            other as tf.Variable,
          ]);
          return (loss as tf.Scalar).add(more as tf.Scalar);
        },
        before: (i) => {
          if (i === 8 || i === 14) for (const each of [first, second]) setRate(each, 0.4 / i);
          if (i === 18) setRate(first, 0.01);
        },
      };
    });
  });

  it("with an SGD that is disposed of for another", async () => {
    await expectSameByHand((lossOf, [one]) => {
      let optimizer = gpu.train.sgd(0.1);
      return {
        body: () => optimizer.minimize(() => lossOf(one as tf.Variable), true) as tf.Scalar,
        before: (i) => {
          if (i !== 9) return;
          optimizer.dispose();
          optimizer = gpu.train.sgd(0.01);
        },
      };
    });
  });

  it("with a tensor that is another wherever the rate is", async () => {
    await expectSameByHand((lossOf, [one]) => {
      const optimizer = gpu.train.adam(0.1);
      let scale = gpu.keep(gpu.scalar(0.1));
      return {
        body: () =>
          optimizer.minimize(() => lossOf(one as tf.Variable).mul(scale), true) as tf.Scalar,
        before: (i) => {
          if (i !== 8 && i !== 17) return;
          scale.dispose();
          scale = gpu.keep(gpu.scalar(1 / i));
          setRate(optimizer, 1 / i);
        },
      };
    });
  });

  it("with a decay of the weights that comes of an SGD's rate", async () => {
    await expectSameByHand((lossOf, [one]) => {
      const optimizer = gpu.train.sgd(0.1);
      return {
        body: () => {
          const w = one as tf.Variable;
          const loss = optimizer.minimize(() => lossOf(w), true) as tf.Scalar;
          w.assign(w.mul(1 - Number(optimizer.getConfig()["learningRate"]) * 0.1));
          return loss;
        },
        before: (i) => {
          if (i === 9) setRate(optimizer, 0.03);
        },
      };
    });
  });

  it("with a momentum that is what the rate is for a while", async () => {
    const { captured, stock } = await fittedBothWays(mlp(), (_, { model, x, y }) => {
      model.compile({
        optimizer: gpu.train.rmsprop(0.1, 0.9, 0.1),
        loss: "categoricalCrossentropy",
      });
      const onEpochBegin = (epoch: number): void => {
        if (epoch === 4) Object.assign(model.optimizer, { learningRate: 0.05, momentum: 0.05 });
        if (epoch === 7) setRate(model.optimizer, 0.01);
      };
      return model.fit(x, y, {
        ...{ epochs: 10, batchSize: 16, verbose: 0 },
        callbacks: { onEpochBegin },
      });
    });
    expect(captured.told).toEqual([["captured", ""]]);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("leaves no buffers behind once the model is gone", async () => {
    const own = buffersBesideThePool(gpu);
    const { model, x, y } = mlp({ optimizer: "adam" })(gpu);
    const after: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      await model.fit(x, y, {
        ...{ epochs: 5, batchSize: 16, verbose: 0 },
        callbacks: scheduled(model, "by batch"),
      });
      after.push({ ...pool(gpu), tensors: gpu.memory().numTensors, own: own() });
    }
    expect(told().at(-1)).toEqual(["captured", ""]);
    expect(own()).toBeGreaterThan(0);
    expect(after[3]).toEqual(after[1]);
    model.dispose();
    expect(own()).toBe(0);
    gpu.disposeVariables();
    gpu.dispose([x, y]);
  });
});
