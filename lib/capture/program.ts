/**
 * A planned step on a device: its memory, its pipelines, its bindings. A run is one command buffer for any number of
 * steps. The variables stay TensorFlow.js's own: they are replaced in the memory that they have.
 */
import type * as tf from "@tensorflow/tfjs";
import { budgetOf } from "./budget.ts";
import { type BufferId, type Command, infoOf } from "./graph.ts";
import {
  type OptimizerState,
  type TensorFlow,
  type WebGpuBackend,
  submitPending,
} from "./internals.ts";
import { Layout } from "./layout.ts";
import { scattered } from "./noise.ts";
import { type Plan, bytesOf } from "./plan.ts";
import { type Instead, Residents } from "./residents.ts";
import type { Traced } from "./trace.ts";

/** What a run takes of the world. */
export interface RunOptions {
  readonly steps: number;
  /** What the step was given when it was traced, or others of the same shapes. */
  readonly inputs?: readonly tf.Tensor[];
  /** What is copied before each step: one after another, `stride` bytes apart. */
  readonly feeds?: readonly Feed[];
  /** Draws as the step would draw from Math.random. */
  readonly random: () => number;
  /** Where each of the step's outputs goes: one after another, `stride` bytes apart. */
  readonly results?: readonly Result[];
  /** Memory in the place of what is there before the step, for a run that leaves it as it is. */
  readonly instead?: Instead;
}

export interface Result {
  readonly to: GPUBuffer;
  readonly offset: number;
  readonly stride: number;
}

export interface Feed {
  readonly from: GPUBuffer;
  readonly offset: number;
  readonly stride: number;
  readonly to: GPUBuffer;
  readonly size: number;
}

interface Bound {
  readonly pipeline: GPUComputePipeline;
  readonly command: Command;
  readonly uniform: { readonly offset: number; readonly size: number } | undefined;
  readonly bindings: readonly BufferId[];
  group: GPUBindGroup | undefined;
}

export class Program {
  /** Bytes on the device that are the program's own. */
  readonly bytes: number;
  /** Bytes of each of a step's outputs. */
  readonly outputSizes: readonly number[];
  readonly outputs: Traced["outputs"];
  /** What a step changes. */
  readonly variables: readonly tf.Variable[];
  readonly dispatches: number;
  /** Whether kernels that share no memory are among its. */
  readonly hasOwnKernels: boolean;
  readonly #tf: TensorFlow;
  readonly #backend: WebGpuBackend;
  readonly #plan: Plan;
  readonly #layout: Layout;
  readonly #residents: Residents;
  readonly #optimizers: readonly OptimizerState[];
  readonly #steps: readonly Bound[];
  readonly #once: readonly Bound[];
  #onceDone = false;
  #disposed = false;

  private constructor(
    tf: TensorFlow,
    backend: WebGpuBackend,
    plan: Plan,
    layout: Layout,
    residents: Residents,
    traced: Traced,
  ) {
    this.#tf = tf;
    this.#backend = backend;
    this.#plan = plan;
    this.#layout = layout;
    this.#residents = residents;
    this.#optimizers = traced.optimizers;
    this.outputs = traced.outputs;
    this.variables = traced.variables;
    this.#once = layout.kernels
      .slice(0, plan.once.length)
      .map((one) => ({ ...one, group: undefined }));
    this.#steps = layout.kernels
      .slice(plan.once.length)
      .map((one) => ({ ...one, group: undefined }));
    this.bytes = layout.bytes;
    this.dispatches = this.#steps.length;
    this.hasOwnKernels = plan.hasOwnKernels;
    this.outputSizes = plan.graph.outputs.map((id) => infoOf(plan.graph, id).size);
  }

  /** Compiles what is not compiled yet; the device goes on with other things meanwhile. */
  static async build(
    tf: TensorFlow,
    backend: WebGpuBackend,
    plan: Plan,
    traced: Traced,
  ): Promise<Program> {
    const residents = new Residents(tf, backend, traced.outside, traced.variables);
    budgetOf(backend).room(bytesOf(plan));
    const layout = await Layout.make(backend.device, plan).catch((error: unknown) => {
      residents.dispose();
      throw error;
    });
    const program = new Program(tf, backend, plan, layout, residents, traced);
    budgetOf(backend).used(program);
    return program;
  }

  /** Its memory was given back: there is another to be made. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  run({ steps, inputs = [], feeds = [], random, results = [], instead }: RunOptions): void {
    if (this.#disposed) throw new Error("This program was disposed of");
    budgetOf(this.#backend).used(this);
    const { queue } = this.#backend;
    this.#bind(this.#residents.settle(inputs, instead));
    // What was uploaded just now is pending, too.
    submitPending(this.#backend);
    const { drawn } = this.#layout;
    // What is drawn for a step is uploaded ahead of it: such steps go one by one.
    const atOnce = drawn.length > 0 ? 1 : steps;
    for (let step = 0; step < steps; step += atOnce) {
      for (const { buffer, count, scatter } of drawn)
        queue.writeBuffer(buffer, 0, scattered(this.#tf, scatter, count, random()));
      this.#submit(step, atOnce, feeds, results);
    }
    if (instead) return;
    this.#residents.replaced();
    for (const one of this.#optimizers) one.iterations_ = (one.iterations_ ?? 0) + steps;
  }

  #submit(first: number, steps: number, feeds: readonly Feed[], results: readonly Result[]): void {
    const { device, queue } = this.#backend;
    const { graph, placement } = this.#plan;
    const encoder = device.createCommandEncoder();
    if (!this.#onceDone) this.#encode(encoder, this.#once);
    this.#onceDone = true;
    const copy = (from: BufferId, to: GPUBuffer, offset: number): void =>
      encoder.copyBufferToBuffer(this.#bufferOf(from), 0, to, offset, infoOf(graph, from).size);
    for (let step = first; step < first + steps; step++) {
      for (const { from, offset, stride, to, size } of feeds)
        encoder.copyBufferToBuffer(from, offset + step * stride, to, 0, size);
      this.#encode(encoder, this.#steps);
      for (const { from, to } of placement.copies) copy(from, this.#bufferOf(to), 0);
      results.forEach(({ to, offset, stride }, i) => {
        const output = graph.outputs[i];
        if (output !== undefined) copy(output, to, offset + step * stride);
      });
    }
    queue.submit([encoder.finish()]);
  }

  #encode(encoder: GPUCommandEncoder, kernels: readonly Bound[]): void {
    if (kernels.length === 0) return;
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | undefined;
    for (const { pipeline, group, command } of kernels) {
      if (pipeline !== current) pass.setPipeline((current = pipeline));
      pass.setBindGroup(0, group ?? null);
      pass.dispatchWorkgroups(...command.dispatch);
    }
    pass.end();
  }

  /** Binds anew what touches memory that is another now. */
  #bind(moved: ReadonlySet<number>): void {
    for (const one of [...this.#once, ...this.#steps])
      if (!one.group || one.bindings.some((id) => this.#isAt(id, moved)))
        one.group = this.#groupOf(one);
  }

  #isAt(id: BufferId, moved: ReadonlySet<number>): boolean {
    const place = this.#plan.placement.places.get(id);
    return place?.kind === "outside" && moved.has(place.outside);
  }

  #groupOf({ pipeline, bindings, uniform }: Bound): GPUBindGroup {
    const entries: GPUBindGroupEntry[] = bindings.map((id, binding) => ({
      binding,
      resource: { buffer: this.#bufferOf(id) },
    }));
    if (uniform)
      entries.push({
        binding: bindings.length,
        resource: { buffer: this.#layout.arena, ...uniform },
      });
    return this.#backend.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
  }

  #bufferOf(id: BufferId): GPUBuffer {
    const place = this.#plan.placement.places.get(id);
    if (!place) throw new Error(`Buffer ${id} has no place`);
    return place.kind === "slot"
      ? this.#layout.slot(place.slot)
      : this.#residents.bufferOf(place.outside);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    budgetOf(this.#backend).gone(this);
    this.#layout.dispose();
    this.#residents.dispose();
  }
}
