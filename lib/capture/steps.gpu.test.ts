import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { buffersBesideThePool } from "./testing/deviceMemory.ts";
import { type Make, fittedBothWays, mlp, onSoftwareGpu } from "./testing/bothWays.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await onSoftwareGpu();
});

const batchOf = (made: { x: tf.Tensor | tf.Tensor[]; y: tf.Tensor | tf.Tensor[] }, i: number) => {
  const [x, y] = [made.x as tf.Tensor, made.y as tf.Tensor];
  return [x.slice([(i % 3) * 8], [8]), y.slice([(i % 3) * 8], [8])] as const;
};

const autoencoder: Make = (tf) => {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, inputShape: [4] }));
  model.add(tf.layers.dense({ units: 4 }));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return { model, x: tf.randomUniform([8, 4]), y: tf.zeros([1]) };
};

describe("a step that is captured, batch by batch", () => {
  it("gives with trainOnBatch the losses and weights that TensorFlow.js gives", async () => {
    const { captured, stock } = await fittedBothWays(
      mlp({ optimizer: "adam" }),
      async (calls, made) => {
        for (let i = 0; i < 10; i++) {
          const [x, y] = batchOf(made, i);
          calls.push(await made.model.trainOnBatch(x, y));
          gpu.dispose([x, y]);
        }
      },
    );
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("knows whether it is given one tensor twice or two", async () => {
    const { captured, stock } = await fittedBothWays(autoencoder, async (calls, { model, x }) => {
      const noisy = gpu.tidy(() => (x as tf.Tensor).mul(3));
      for (let i = 0; i < 8; i++) calls.push(await model.trainOnBatch(x, x));
      for (let i = 0; i < 8; i++) calls.push(await model.trainOnBatch(noisy, x));
      noisy.dispose();
    });
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("gives with fitDataset the same, of batches that lie in the computer's memory", async () => {
    const { captured, stock } = await fittedBothWays(mlp(), async (_, made, { ready }) => {
      const [xs, ys] = [
        await (made.x as tf.Tensor2D).array(),
        await (made.y as tf.Tensor2D).array(),
      ];
      const rows = gpu.data.zip({ xs: gpu.data.array(xs), ys: gpu.data.array(ys) }).batch(16);
      return made.model.fitDataset(rows, {
        ...{ epochs: 8, verbose: 0 },
        callbacks: { onBatchEnd: ready },
      });
    });
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.seen).toEqual(stock.seen);
  });

  it("gives by hand what the step gives, and follows a learning rate that is changed", async () => {
    const { captured, stock } = await fittedBothWays(
      mlp(),
      async (calls, { x, y }, { capture }) => {
        const w = gpu.variable(gpu.tidy(() => gpu.randomUniform([4, 3])));
        const optimizer = gpu.train.adam(0.1);
        const step = capture((rows: tf.Tensor, wanted: tf.Tensor) => {
          const loss = (): tf.Scalar =>
            gpu.losses.softmaxCrossEntropy(
              wanted,
              gpu.matMul(rows as tf.Tensor2D, w as tf.Tensor2D),
            );
          return optimizer.minimize(loss, true) as tf.Scalar;
        });
        for (let i = 0; i < 20; i++) {
          if (i === 12) (optimizer as unknown as { learningRate: number }).learningRate = 0.01;
          const loss = step(x as tf.Tensor, y as tf.Tensor);
          calls.push((await loss.data())[0]);
          loss.dispose();
        }
        calls.push(
          [...(await w.data())],
          (optimizer as unknown as { iterations: number }).iterations,
        );
        optimizer.dispose();
      },
    );
    expect(captured.told.at(-1)).toEqual(["captured", ""]);
    expect(captured.seen).toEqual(stock.seen);
  });
});

describe("a step by hand that reads what is there before it", () => {
  it("gives all back that it holds, and is captured anew where it goes on", async () => {
    const own = buffersBesideThePool(gpu);
    const held: number[] = [];
    const { captured, stock } = await fittedBothWays(
      mlp(),
      async (calls, { x, y }, { capture, ready, giveBack }) => {
        const w = gpu.variable(gpu.tidy(() => gpu.randomUniform([4, 3])));
        const optimizer = gpu.train.sgd(0.1);
        const loss = (): tf.Scalar =>
          gpu.losses.meanSquaredError(y as tf.Tensor, gpu.matMul(x as tf.Tensor2D, w as never));
        const step = capture(() => optimizer.minimize(loss, true) as tf.Scalar);
        const before = gpu.memory().numTensors;
        for (let round = 0; round < 2; round++) {
          for (let i = 0; i < 8; i++) {
            for (let wait = 0; i > 0 && wait < 20; wait++) await ready();
            const made = step();
            calls.push((await made.data())[0]);
            made.dispose();
          }
          held.push(own());
          if (round > 0) continue;
          giveBack();
          expect([own(), gpu.memory().numTensors]).toEqual([0, before]);
        }
        optimizer.dispose();
      },
    );
    expect(captured.seen).toEqual(stock.seen);
    expect(held.map((count) => count > 0)).toEqual([false, false, true, true]);
  });
});

describe("a step by hand that is not captured", () => {
  const step = (given: (loss: tf.Scalar, w: tf.Variable, x: tf.Tensor) => unknown) =>
    fittedBothWays(mlp(), async (calls, { x }, { capture }) => {
      const w = gpu.variable(gpu.tidy(() => gpu.randomUniform([4, 1])));
      const optimizer = gpu.train.sgd(0.1);
      const run = capture((rows: tf.Tensor) => {
        const loss = (): tf.Scalar =>
          gpu.tidy(() =>
            gpu
              .matMul(rows as tf.Tensor2D, w as tf.Tensor2D)
              .square()
              .mean(),
          );
        return given(optimizer.minimize(loss, true) as tf.Scalar, w, rows) as tf.Tensor;
      });
      for (let i = 0; i < 10; i++) {
        const rows = gpu.tidy(() => (x as tf.Tensor).mul(i));
        const made = run(rows) as unknown;
        calls.push(made === w ? "w" : Object.keys(made as object).length > 0);
        if (made !== w) gpu.dispose(made as tf.TensorContainer);
        gpu.dispose(rows);
      }
      calls.push([...(await w.data())]);
      optimizer.dispose();
    });

  it("gives what it gives: a record, or a variable, which stays", async () => {
    for (const given of [
      (loss: tf.Scalar) => ({ loss }),
      (loss: tf.Scalar, w: tf.Variable) => (loss.dispose(), w),
    ]) {
      const { captured, stock } = await step(given);
      expect(captured.seen).toEqual(stock.seen);
    }
  });

  it("leaves no more behind where it is refused in its middle", async () => {
    const { captured, stock } = await fittedBothWays(mlp(), (calls, { model, x }, { capture }) => {
      const before = gpu.memory().numTensors;
      const run = capture((rows: tf.Tensor) => {
        const made = model.predict(rows) as tf.Tensor;
        gpu.dispose([made, gpu.tidy(() => made.add(gpu.randomNormal(made.shape, 3, 0.7)))]);
      });
      for (let i = 0; i < 4; i++) run(x as tf.Tensor);
      calls.push(gpu.memory().numTensors - before);
      return Promise.resolve();
    });
    expect(captured.seen).toEqual(stock.seen);
  });

  it("says what to write instead where it disposes of what it was given, and breaks nothing", async () => {
    const disposing = step((loss, _, x) => (x.dispose(), loss));
    await expect(disposing).rejects.toThrow(/the step disposes of a tensor from before it/);
    const { captured, stock } = await step((loss) => loss);
    expect(captured.seen).toEqual(stock.seen);
  });
});

describe("a captured fit of other models is TensorFlow.js's to the bit", () => {
  const expectSame = async (make: Make): Promise<void> => {
    const { captured, stock } = await fittedBothWays(make, (_, { model, x, y }) =>
      model.fit(x, y, { epochs: 4, batchSize: 8, verbose: 0 }),
    );
    expect(captured.told).toEqual([["captured", ""]]);
    expect(captured.seen).toEqual(stock.seen);
  };

  it("with convolution, batch normalisation, pooling and a regulariser", () =>
    expectSame((tf) => {
      const model = tf.sequential();
      const { layers } = tf;
      model.add(
        layers.conv2d({
          ...{ filters: 4, kernelSize: 3, padding: "same", inputShape: [6, 6, 2] },
          kernelRegularizer: tf.regularizers.l1l2(),
        }),
      );
      model.add(layers.batchNormalization());
      model.add(layers.reLU());
      model.add(layers.maxPooling2d({ poolSize: 2 }));
      model.add(layers.flatten());
      model.add(layers.dense({ units: 2, activation: "softmax" }));
      model.compile({ optimizer: "rmsprop", loss: "sparseCategoricalCrossentropy" });
      const y = tf.tidy(() => tf.randomUniform([20, 1], 0, 2).floor());
      return { model, x: tf.randomUniform([20, 6, 6, 2]), y };
    }));

  it("with an LSTM", () =>
    expectSame((tf) => {
      const model = tf.sequential();
      model.add(tf.layers.lstm({ units: 4, inputShape: [2, 2] }));
      model.add(tf.layers.dense({ units: 1 }));
      model.compile({ optimizer: "adagrad", loss: "meanSquaredError" });
      return { model, x: tf.randomUniform([20, 2, 2]), y: tf.randomUniform([20, 1]) };
    }));

  it("with two inputs and two outputs", () =>
    expectSame((tf) => {
      const [one, other] = [
        tf.input({ shape: [3], name: "one" }),
        tf.input({ shape: [2], name: "other" }),
      ];
      const both = tf.layers.concatenate().apply([one, other]) as tf.SymbolicTensor;
      const hidden = tf.layers
        .dense({ units: 6, activation: "tanh" })
        .apply(both) as tf.SymbolicTensor;
      const outputs = [
        tf.layers.dense({ units: 1, name: "number" }).apply(hidden),
        tf.layers.dense({ units: 2, activation: "softmax", name: "class" }).apply(hidden),
      ] as tf.SymbolicTensor[];
      const model = tf.model({ inputs: [one, other], outputs });
      model.compile({ optimizer: "adamax", loss: ["meanSquaredError", "categoricalCrossentropy"] });
      const classes = Int32Array.from({ length: 20 }, (_, i) => i % 2);
      return {
        model,
        x: [tf.randomUniform([20, 3]), tf.randomUniform([20, 2])],
        y: [
          tf.randomUniform([20, 1]),
          tf.tidy(() => tf.oneHot(tf.tensor1d(classes, "int32"), 2).toFloat()),
        ],
      };
    }));
});
