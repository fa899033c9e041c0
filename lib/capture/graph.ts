/**
 * A training step as data: buffers, and the commands that fill them from one another. It knows neither TensorFlow.js nor
 * a device; passes take a graph and give a graph.
 */
import type { Arithmetic } from "./arithmetic.ts";
import type { Elementwise } from "./elementwise.ts";

/** Numbers the buffers of one graph, from 0. */
export type BufferId = number & { readonly brand?: "BufferId" };

/** How numbers of chance are scattered: evenly from 0 to 1, as a dropout's are, or about a mean, as noise is. */
export type Scatter = "even" | { readonly mean: number; readonly stdDev: number };

export type Origin =
  /** A command of the step fills it. */
  | { readonly kind: "computed" }
  /** Uploaded by the step, the same in every step. */
  | { readonly kind: "constant"; readonly data: Uint8Array }
  /** Uploaded by the step from its nth draw of Math.random: so many numbers, float32. */
  | {
      readonly kind: "drawn";
      readonly nth: number;
      readonly count: number;
      readonly scatter: Scatter;
    }
  /** There before the step: a variable, a step's input, a dataset. */
  | { readonly kind: "outside"; readonly outside: number };

export interface BufferInfo {
  /** Bytes, a multiple of 4. */
  readonly size: number;
  readonly origin: Origin;
}

/** A compiled kernel of TensorFlow.js: it binds its output, its inputs and then its uniforms. */
export interface StockKernel {
  readonly kind: "stock";
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  /** Commands with the same number share the pipeline. */
  readonly key: number;
}

/** Elementwise commands in one dispatch over `count` elements. */
export interface FusedKernel {
  readonly kind: "fused";
  readonly parts: readonly FusedPart[];
  /** Elements. */
  readonly count: number;
}

/** WGSL of our own that binds as TensorFlow.js's kernels do. */
export interface WrittenKernel {
  readonly kind: "written";
  readonly code: string;
}

export interface FusedPart {
  readonly elementwise: Elementwise;
  readonly inputs: readonly BufferId[];
  readonly output: BufferId;
}

export interface Command {
  readonly kernel: StockKernel | FusedKernel | WrittenKernel;
  readonly inputs: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  /** Bytes of the kernel's uniform; a fused kernel's are made where it is laid out. */
  readonly uniform: Uint8Array | null;
  /** Workgroups. */
  readonly dispatch: readonly [number, number, number];
  /** What a stock kernel does to each element by itself, where that is all it does. */
  readonly elementwise: Elementwise | null;
  /** What a stock kernel computes, where another could compute the same. */
  readonly arithmetic: Arithmetic | null;
}

/** A variable's new values, which the next step reads as its old ones. */
export interface Update {
  readonly from: BufferId;
  readonly to: BufferId;
}

export interface Graph {
  readonly buffers: readonly BufferInfo[];
  readonly commands: readonly Command[];
  readonly updates: readonly Update[];
  /** What the step gives back: scalars of four bytes or more. */
  readonly outputs: readonly BufferId[];
}

/** How often each buffer is written: more than once where a kernel adds to what is there. */
export function writersOf(commands: readonly Command[]): Map<BufferId, number> {
  const writers = new Map<BufferId, number>();
  for (const { outputs } of commands)
    for (const output of outputs) writers.set(output, (writers.get(output) ?? 0) + 1);
  return writers;
}

/** Buffers that must hold their values when the step is over. */
export function resultsOf({ updates, outputs }: Graph): Set<BufferId> {
  return new Set([...updates.map(({ to }) => to), ...outputs]);
}

export function infoOf(graph: Graph, id: BufferId): BufferInfo {
  const info = graph.buffers[id];
  if (!info) throw new RangeError(`There is no buffer ${id}`);
  return info;
}

const fingerprints = new WeakMap<Graph, string>();

/** Equal for two steps that do the same: what it leaves out is drawn by chance. */
export function fingerprint(graph: Graph): string {
  const known = fingerprints.get(graph) ?? contentsOf(graph);
  fingerprints.set(graph, known);
  return known;
}

function contentsOf({ buffers, commands, updates, outputs }: Graph): string {
  const text = [
    buffers.map(({ size, origin }) => `${size}${origin.kind}${contentOf(origin)}`),
    commands.map((command) => [keyOf(command), command.inputs, command.outputs].join(":")),
    updates.map(({ from, to }) => `${from}>${to}`),
    outputs,
  ];
  return text.map((part) => part.join(";")).join("|");
}

function contentOf(origin: Origin): string {
  if (origin.kind === "drawn") return JSON.stringify(origin.scatter);
  return origin.kind === "constant" ? hash(origin.data) : "";
}

/** What a command that was traced does, whatever buffers it does it to. */
export function keyOf({ kernel, dispatch, uniform }: Command): string {
  const what = kernel.kind === "stock" ? kernel.key : kernel.kind;
  return `${what},${dispatch.join(",")},${uniform ? hash(uniform) : ""}`;
}

/** Two rounds of FNV-like mixing and the length: for telling constants of one program apart. */
export function hash(bytes: Uint8Array): string {
  let one = 0x811c9dc5;
  let other = 0x1b873593;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 16777619);
    other = Math.imul(other + byte, 0x85ebca6b) ^ (other >>> 13);
  }
  return `${bytes.length}:${(one >>> 0).toString(36)}${(other >>> 0).toString(36)}`;
}
