// Kernels of our own stand in for TensorFlow.js's only where they give its bits: sizes, orders and options at random.
import type * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { softwareGpu } from "../../../e2e/softwareGpu.ts";
import type { Arithmetic } from "../arithmetic.ts";
import { VALUES } from "../deviceBuffer.ts";
import { type WebGpuBackend, computesInSoftware, webgpuBackend } from "../internals.ts";
import { plan } from "../plan.ts";
import { Program } from "../program.ts";
import { readBack } from "../readBack.ts";
import { trace } from "../trace.ts";

let gpu: typeof tf;
let backend: WebGpuBackend;
beforeAll(async () => {
  gpu = await softwareGpu();
  backend = webgpuBackend(gpu) as WebGpuBackend;
});

type Op = (...inputs: [tf.Tensor, ...tf.Tensor[]]) => tf.Tensor;

interface Both {
  /** Kernels of our own, by what they compute. */
  readonly own: readonly Arithmetic["kind"][];
  readonly ours: Uint32Array;
  readonly theirs: Uint32Array;
}

/** Numbers that add to something else in another order, and zeros. */
function numbers(shape: number[], seed: number): tf.Tensor {
  return gpu.tidy(() => {
    const drawn = gpu.randomNormal(shape, 0.1, 1, "float32", seed);
    return drawn.mul(gpu.randomUniform(shape, 0, 1, "float32", seed + 1).greater(0.1));
  });
}

async function computed(op: Op, shapes: readonly number[][], seed: number): Promise<Both> {
  const inputs = shapes.map((shape, i) => numbers(shape, seed + 2 * i));
  const theirs = gpu.tidy(() => op(...(inputs as [tf.Tensor])));
  const traced = trace(
    {
      ...{ tf: gpu, backend, scatters: () => [] },
      swapRandom: () => Math.random,
    },
    () => [gpu.tidy(() => op(...(inputs as [tf.Tensor])))],
    inputs,
  );
  const planned = plan(traced.graph, { bindings: 8, ownKernels: true, fusing: true });
  const program = await Program.build(gpu, backend, planned, traced);
  const to = backend.device.createBuffer({ size: theirs.size * 4, usage: VALUES });
  program.run({
    ...{ steps: 1, inputs, random: () => 0 },
    results: [{ to, offset: 0, stride: 0 }],
  });
  const [ours] = await readBack(backend, [{ buffer: to, size: to.size }]);
  const wanted = Float32Array.from(await theirs.data());
  program.dispose();
  to.destroy();
  gpu.dispose([theirs, ...inputs]);
  const isOwn = ({ kernel }: { kernel: { kind: string } }): boolean => kernel.kind === "written";
  const own = [...planned.once, ...planned.graph.commands].filter(isOwn);
  return {
    own: own.flatMap(({ arithmetic }) => (arithmetic ? [arithmetic.kind] : [])),
    ours: new Uint32Array(ours ?? new ArrayBuffer(0)),
    theirs: new Uint32Array(wanted.buffer),
  };
}

const seed = fc.nat(1_000_000);
const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(10, 12, 16, 31, 64, 65));
const options = { numRuns: 12 };

interface Matrices {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly seed: number;
  readonly batchA: number;
  readonly batchB: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly hasBias: boolean;
  readonly activation: "linear" | "relu";
}

const matrices: fc.Arbitrary<Matrices> = fc.record({
  ...{ m: size, k: size, n: size, seed },
  batchA: fc.constantFrom(1, 3),
  batchB: fc.constantFrom(1, 3),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  hasBias: fc.boolean(),
  activation: fc.constantFrom("linear" as const, "relu" as const),
});

/** Enough products for the largest tiles, in sizes that four divides and in others. */
const LARGE: readonly Matrices[] = (
  [
    { m: 130, k: 68, n: 132 },
    { m: 132, k: 67, n: 130, transposeA: true },
    { m: 131, k: 68, n: 132, transposeB: true, hasBias: true },
    { m: 8, k: 1024, n: 136, batchA: 3, activation: "relu" },
  ] satisfies Partial<Matrices>[]
).map((one) => ({
  ...{ batchA: 1, batchB: 1, transposeA: false, transposeB: false, hasBias: false, seed: 7 },
  ...{ activation: "linear", ...one },
}));

describe("a kernel of our own gives the bits of TensorFlow.js's", () => {
  const programs = { packed: 3, reduced: 0, small: 2 };
  for (const [name, type] of Object.entries(programs))
    it(`for products of matrices (${name})`, async () => {
      gpu.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", type);
      try {
        await fc.assert(
          fc.asyncProperty(matrices, async (one) => {
            const { m, k, n, batchA, batchB, transposeA, transposeB, hasBias } = one;
            // TensorFlow.js adds single rows, packed, in fours.
            fc.pre(name !== "packed" || m > 1 || transposeA);
            const { activation } = one;
            const op: Op = (a, b, bias) =>
              gpu.fused.matMul({
                ...{ a: a, b: b, transposeA, transposeB },
                ...(bias ? { bias, activation } : { activation }),
              });
            const shapes = [
              [batchA, ...(transposeA ? [k, m] : [m, k])],
              [batchB, ...(transposeB ? [n, k] : [k, n])],
              ...(hasBias ? [[n]] : []),
            ];
            const { own, ours, theirs } = await computed(op, shapes, one.seed);
            expect(own).toEqual([name === "reduced" ? "reducedProduct" : "product"]);
            expect(ours).toEqual(theirs);
          }),
          { ...options, examples: name === "reduced" ? [] : LARGE.map((one) => [one]) },
        );
      } finally {
        gpu.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", -1);
      }
    });

  const pictures = fc.record({
    seed,
    batch: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 5, max: 9 }),
    width: fc.integer({ min: 5, max: 9 }),
    channels: fc.constantFrom<number[]>(1, 2, 3, 4, 8),
    filters: fc.constantFrom<number[]>(1, 3, 4, 5, 8, 12),
    filter: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 1, max: 3 })),
    strides: fc.integer({ min: 1, max: 2 }),
    dilations: fc.integer({ min: 1, max: 2 }),
    pad: fc.constantFrom("same" as const, "valid" as const),
    hasBias: fc.boolean(),
    activation: fc.constantFrom("linear" as const, "relu" as const),
  });
  type Pictures = typeof pictures extends fc.Arbitrary<infer One> ? One : never;
  const large: [Pictures][] = [
    [
      {
        ...{ seed: 7, batch: 3, height: 40, width: 41, channels: 12, filters: 16 },
        ...{ filter: [3, 3], strides: 1, dilations: 1, pad: "same", hasBias: true },
        activation: "relu",
      },
    ],
    [
      {
        ...{ seed: 8, batch: 4, height: 40, width: 41, channels: 9, filters: 11 },
        ...{ filter: [3, 2], strides: 2, dilations: 1, pad: "valid", hasBias: false },
        activation: "linear",
      },
    ],
  ];

  it("for convolutions", async () => {
    gpu.env().set("WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL", 0);
    try {
      await fc.assert(
        fc.asyncProperty(pictures, async (one) => {
          const { batch, height, width, channels, filters, filter, strides, pad, hasBias } = one;
          const { activation } = one;
          const dilations = strides > 1 ? 1 : one.dilations;
          const op: Op = (x, w, bias) =>
            gpu.fused.conv2d({
              ...{ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides, pad, dilations },
              ...(bias ? { bias, activation } : { activation }),
            });
          const shapes = [
            [batch, height, width, channels],
            [...filter, channels, filters],
            ...(hasBias ? [[filters]] : []),
          ];
          const { own, ours, theirs } = await computed(op, shapes, one.seed);
          expect(own).toEqual(["convolution"]);
          expect(ours).toEqual(theirs);
        }),
        { ...options, examples: large },
      );
    } finally {
      gpu.env().set("WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL", -1);
    }
  });

  const gradients = { filterGradient: "filters", inputGradient: "inputs" } as const;
  for (const [kind, ofWhat] of Object.entries(gradients))
    it(`for the gradients of their ${ofWhat}`, async () => {
      await fc.assert(
        fc.asyncProperty(pictures, async (one) => {
          const { batch, height, width, channels, filters, filter, strides, pad } = one;
          const outputOf = (length: number, i: 0 | 1): number =>
            Math.ceil((pad === "same" ? length : length - filter[i] + 1) / strides);
          const [x, w] = [
            [batch, height, width, channels],
            [...filter, channels, filters],
          ];
          const op: Op = (given, dy) => {
            const convolved: Op = (other) => {
              const [input, by] = kind === "filterGradient" ? [given, other] : [other, given];
              return gpu.conv2d(input as tf.Tensor4D, by as tf.Tensor4D, strides, pad);
            };
            const loss = (other: tf.Tensor): tf.Tensor => convolved(other).mul(dy).sum();
            return gpu.grad(loss)(gpu.zeros(kind === "filterGradient" ? w : x));
          };
          const dy = [batch, outputOf(height, 0), outputOf(width, 1), filters];
          const shapes = [kind === "filterGradient" ? x : w, dy];
          const { own, ours, theirs } = await computed(op, shapes, one.seed);
          expect(own).toContain(kind);
          expect(ours).toEqual(theirs);
        }),
        { ...options, examples: large },
      );
    });

  const rows = fc.record({
    seed,
    rows: fc.integer({ min: 1, max: 20 }),
    length: fc.oneof(fc.integer({ min: 2, max: 140 }), fc.constantFrom(4095, 4096, 5000)),
    isMean: fc.boolean(),
  });

  it("for the sums and means of rows", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async ({ rows: count, length, isMean, seed: from }) => {
        const op: Op = (x) => (isMean ? x.mean(1) : x.sum(1));
        const { own, ours, theirs } = await computed(op, [[count, length]], from);
        expect(own).toEqual(["rowSums"]);
        expect(ours).toEqual(theirs);
      }),
      options,
    );
  });

  it("for the softmax of rows", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async ({ rows: count, length, seed: from }) => {
        const { own, ours, theirs } = await computed((x) => x.softmax(), [[count, length]], from);
        expect(own).toEqual(["softmax"]);
        expect(ours).toEqual(theirs);
      }),
      options,
    );
  });

  it("for a transposed matrix", async () => {
    await fc.assert(
      fc.asyncProperty(size, size, seed, async (m, n, from) => {
        fc.pre(m > 1 && n > 1);
        const { own, ours, theirs } = await computed((x) => x.transpose(), [[m, n]], from);
        expect(own).toEqual(["transpose"]);
        expect(ours).toEqual(theirs);
      }),
      // More than one row of workgroups.
      { ...options, examples: [[1000, 600, 7]] },
    );
  });
});

it("knows a device whose work a processor does", () => {
  expect(computesInSoftware(backend)).toBe(true);
});
