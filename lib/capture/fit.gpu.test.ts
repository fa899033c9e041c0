import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Make,
  type Told,
  fittedBothWays,
  mlp,
  onSoftwareGpu,
  told,
} from "./testing/bothWays.ts";
import { MOST_TOGETHER, budgetOf } from "./budget.ts";
import { buffersBesideThePool, pool } from "./testing/deviceMemory.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await onSoftwareGpu();
});

const CAPTURED: Told = ["captured", ""];

/** Fits twice, captured and as it is, and expects everything that can be seen of both to be the same. */
async function expectSame(
  make: Make,
  args: (calls: unknown[], model: tf.LayersModel) => tf.ModelFitArgs,
  told: readonly Told[] = [CAPTURED],
): Promise<void> {
  const { captured, stock } = await fittedBothWays(make, (calls, { model, x, y }) =>
    model.fit(x, y, { verbose: 0, ...args(calls, model) }),
  );
  expect(captured.told).toEqual(told);
  expect(captured.seen).toEqual(stock.seen);
}

describe("a captured fit is TensorFlow.js's to the bit", () => {
  it("with shuffle, dropout and a partial last batch", async () => {
    await expectSame(mlp({ optimizer: "adam" }), () => ({ epochs: 6, batchSize: 16 }));
  });

  it("with callbacks of every batch and epoch, which get the same values, and validation", async () => {
    await expectSame(mlp(), (calls) => ({
      epochs: 4,
      batchSize: 16,
      validationSplit: 0.25,
      callbacks: {
        onEpochEnd: (epoch, logs) => void calls.push(["epoch", epoch, { ...logs }]),
        onBatchBegin: (batch) => void calls.push(["begin", batch]),
        onBatchEnd: (batch, logs) => void calls.push(["end", batch, { ...logs }]),
      },
    }));
  });

  it("with noise, and with dropouts of other kinds", async () => {
    const { gaussianDropout, gaussianNoise, alphaDropout } = gpu.layers;
    for (const between of [
      () => gaussianNoise({ stddev: 0.1 }),
      () => gaussianDropout({ rate: 0.2 }),
      () => alphaDropout({ rate: 0.25 }),
    ])
      await expectSame(mlp({ between }), () => ({ epochs: 5, batchSize: 16 }));
  });

  it("with a learning rate that a callback changes, and weights that it sets", async () => {
    await expectSame(mlp({ optimizer: "adam" }), (_, model) => ({
      epochs: 6,
      batchSize: 16,
      callbacks: {
        onEpochEnd: (epoch) => {
          const optimizer = model.optimizer as unknown as { learningRate: number };
          if (epoch === 2) optimizer.learningRate = 0.05;
          if (epoch === 3)
            gpu.tidy(() => model.setWeights(model.getWeights().map((one) => one.mul(0.5))));
        },
      },
    }));
  });

  it("with a learning rate that is set as an epoch or a batch begins", async () => {
    await expectSame(mlp({ optimizer: "adam" }), (_, model) => {
      const optimizer = model.optimizer as unknown as { learningRate: number };
      let epochs = 0;
      return {
        ...{ epochs: 8, batchSize: 16 },
        callbacks: {
          onEpochBegin: (epoch) => {
            epochs = epoch;
            if (epoch === 5) optimizer.learningRate = 0.2;
          },
          onBatchBegin: (batch) => {
            if (epochs === 7 && batch === 1) optimizer.learningRate = 0.05;
          },
        },
      };
    });
  });

  it("with a setting that changes with every batch: as it is, as a proof takes longer than a step", async () => {
    const changing = (epochs: number) => (_: unknown[], model: tf.LayersModel) => {
      const optimizer = model.optimizer as unknown as { beta1: number };
      let batches = 0;
      return {
        ...{ epochs, batchSize: 16 },
        callbacks: {
          onBatchBegin: () => void (optimizer.beta1 = Math.max(0.7, 0.9 - 0.02 * ++batches)),
        },
      };
    };
    const stock: Told = ["stock", "its settings change with every step"];
    await expectSame(mlp({ optimizer: "adam" }), changing(3), [stock]);
    await expectSame(mlp({ optimizer: "adam" }), changing(15), [CAPTURED]);
  });

  it("with a training that is to stop before an epoch's first batch", async () => {
    await expectSame(mlp(), (_, model) => ({
      ...{ epochs: 6, batchSize: 16 },
      callbacks: { onEpochBegin: (epoch) => void (model.stopTraining = epoch === 4) },
    }));
  });

  it("with a training that a callback stops in the middle of an epoch", async () => {
    await expectSame(mlp(), (calls, model) => ({
      epochs: 5,
      batchSize: 16,
      callbacks: {
        onBatchEnd: (batch, logs) => {
          calls.push([batch, logs?.["loss"]]);
          if (calls.length === 14) model.stopTraining = true;
        },
      },
    }));
  });

  it("with early stopping, class weights and rows in their order", async () => {
    await expectSame(mlp(), () => ({
      epochs: 12,
      batchSize: 16,
      shuffle: false,
      validationSplit: 0.25,
      classWeight: { 0: 1, 1: 3, 2: 0.5 },
      callbacks: gpu.callbacks.earlyStopping({ monitor: "val_loss", patience: 1, minDelta: 0.001 }),
    }));
  });

  it("where a clone was taken between epochs: it keeps its values", async () => {
    const taken: tf.Tensor[] = [];
    await expectSame(mlp({ optimizer: "adam" }), (calls, model) => ({
      epochs: 6,
      batchSize: 16,
      callbacks: {
        onEpochEnd: async (epoch) => {
          if (epoch === 3) taken.push(model.getWeights()[0]?.clone() as tf.Tensor);
          calls.push([...((await model.getWeights()[0]?.data()) ?? [])]);
          if (epoch === 5) calls.push([...((await taken.pop()?.data()) ?? [])]);
        },
      },
    }));
  });
});

describe("a model that is fitted again", () => {
  const again = async (
    between: (model: tf.LayersModel) => void | Promise<void>,
    optimizer = "sgd",
  ): Promise<void> => {
    const fit = { epochs: 3, batchSize: 16, verbose: 0 };
    const { captured, stock } = await fittedBothWays(
      mlp({ optimizer }),
      async (calls, { model, x, y }) => {
        calls.push((await model.fit(x, y, fit)).history);
        await between(model);
        return model.fit(x, y, fit);
      },
    );
    expect(captured.told).toEqual([CAPTURED, CAPTURED]);
    expect(captured.seen).toEqual(stock.seen);
  };

  it("gets another program where its memory was needed for others", () =>
    again(() => budgetOf(gpu.backend()).room(MOST_TOGETHER)));
  it("goes on from its program", () => again(() => undefined));
  it("is captured anew where it was compiled again", () =>
    again((model) =>
      model.compile({ optimizer: gpu.train.momentum(0.01, 0.9), loss: "meanSquaredError" }),
    ));
  it("is captured anew where a layer was frozen", () =>
    again((model) => {
      const [first] = model.layers;
      if (first) first.trainable = false;
      model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    }));

  it("leaves alone what was read of an optimizer and set again, whose values the new slots share", async () => {
    const { captured, stock } = await fittedBothWays(
      mlp({ optimizer: "adam" }),
      async (calls, { model, x, y }) => {
        const { optimizer } = model;
        const kept: Awaited<ReturnType<tf.Optimizer["getWeights"]>> = [];
        const onEpochEnd = async (epoch: number): Promise<void> => {
          if (epoch !== 3) return;
          kept.push(...(await optimizer.getWeights()));
          await optimizer.setWeights(kept);
        };
        const history = await model.fit(x, y, {
          ...{ epochs: 8, batchSize: 16, verbose: 0 },
          callbacks: { onEpochEnd },
        });
        for (const { tensor } of kept) calls.push([...(await tensor.data())]);
        return history;
      },
    );
    expect(captured.told.at(-1)).toEqual(CAPTURED);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("takes what its optimizer is set to, which makes other slots", () =>
    again(async ({ optimizer }) => {
      const kept = await optimizer.getWeights();
      await optimizer.setWeights(kept.map((one) => ({ ...one, tensor: one.tensor.mul(0.5) })));
    }, "adam"));
  it("takes weights that were set", () =>
    again((model) =>
      gpu.tidy(() => model.setWeights(model.getWeights().map((one) => one.mul(0.1)))),
    ));
});

describe("what is not captured runs as it is, and says why", () => {
  const refused = (why: string, make: Make, args: tf.ModelFitArgs): Promise<void> =>
    expectSame(make, () => args, [["stock", why]]);

  it("a loss of the cell's own", () =>
    refused(
      "the loss is the cell's own",
      mlp({ loss: (y, p) => gpu.losses.meanSquaredError(y, p) }),
      { epochs: 3, batchSize: 16 },
    ));
  it("a layer that keeps a state from one batch to the next", () =>
    refused(
      "the layer state is the cell's own, or keeps a state",
      (tf) => {
        const model = tf.sequential();
        const shape = { batchInputShape: [5, 2, 2], units: 3, stateful: true, name: "state" };
        model.add(tf.layers.simpleRNN(shape));
        model.add(tf.layers.dense({ units: 1 }));
        model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
        return { model, x: tf.randomUniform([10, 2, 2]), y: tf.randomUniform([10, 1]) };
      },
      { epochs: 6, batchSize: 5 },
    ));
  it("a fit of few steps", () =>
    refused("it has only 6 steps", mlp(), { epochs: 2, batchSize: 16 }));
});

describe("what captured fits leave behind", () => {
  it("is nothing after ten that two did not, and nothing of programs once the model is gone", async () => {
    const own = buffersBesideThePool(gpu);
    const { model, x, y } = mlp({ optimizer: "adam" })(gpu);
    const after: unknown[] = [];
    for (let i = 0; i < 10; i++) {
      await model.fit(x, y, { epochs: 5, batchSize: 16, verbose: 0, validationSplit: 0.25 });
      const { numTensors, numBytes, numDataBuffers } = gpu.memory();
      after.push({ numTensors, numBytes, numDataBuffers, ...pool(gpu), own: own() });
    }
    expect(told().at(-1)).toEqual(CAPTURED);
    expect(own()).toBeGreaterThan(0);
    expect(after[9]).toEqual(after[1]);
    model.dispose();
    expect(own()).toBe(0);
    gpu.disposeVariables();
    gpu.dispose([x, y]);
  });
});
