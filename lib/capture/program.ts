/**
 * A planned step on a device: its memory, its pipelines, its bindings. A run is one command buffer for any number of
 * steps. The variables stay TensorFlow.js's own: they are replaced in the memory that they have.
 */
import type * as tf from "@tensorflow/tfjs";
import { alea } from "seedrandom";
import { type BufferId, type Command, fingerprint, infoOf } from "./graph.ts";
import { type TensorFlow, type WebGpuBackend, submitPending } from "./internals.ts";
import { Layout } from "./layout.ts";
import type { Plan } from "./plan.ts";
import { Residents } from "./residents.ts";
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
  /** Where the outputs of each step go, `Program.outputBytes` for each. */
  readonly log?: { readonly buffer: GPUBuffer; readonly offset: number };
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
  /** Bytes of one step's outputs. */
  readonly outputBytes: number;
  readonly dispatches: number;
  readonly #backend: WebGpuBackend;
  readonly #plan: Plan;
  readonly #layout: Layout;
  readonly #residents: Residents;
  readonly #steps: readonly Bound[];
  readonly #once: readonly Bound[];
  #onceDone = false;
  #disposed = false;

  private constructor(backend: WebGpuBackend, plan: Plan, layout: Layout, residents: Residents) {
    this.#backend = backend;
    this.#plan = plan;
    this.#layout = layout;
    this.#residents = residents;
    this.#once = layout.kernels
      .slice(0, plan.once.length)
      .map((one) => ({ ...one, group: undefined }));
    this.#steps = layout.kernels
      .slice(plan.once.length)
      .map((one) => ({ ...one, group: undefined }));
    this.bytes = layout.bytes;
    this.dispatches = this.#steps.length;
    this.outputBytes = plan.graph.outputs.reduce((all, id) => all + infoOf(plan.graph, id).size, 0);
  }

  /** Compiles what is not compiled yet; the device goes on with other things meanwhile. */
  static async build(
    tf: TensorFlow,
    backend: WebGpuBackend,
    plan: Plan,
    { outside, variables }: Pick<Traced, "outside" | "variables">,
  ): Promise<Program> {
    const residents = new Residents(tf, backend, outside, variables);
    const layout = await Layout.make(backend.device, plan);
    return new Program(backend, plan, layout, residents);
  }

  /** Whether another trace is of the same commands on the same variables. */
  isOf(traced: Traced): boolean {
    return (
      fingerprint(traced.graph) === this.#plan.fingerprint &&
      this.#residents.isSame(traced.outside, traced.variables)
    );
  }

  run({ steps, inputs = [], feeds = [], random, log }: RunOptions): void {
    if (this.#disposed) throw new Error("This program was disposed of");
    const backend = this.#backend;
    submitPending(backend);
    this.#bind(this.#residents.settle(inputs));
    const drawn = this.#layout.drawn;
    if (drawn.length === 0) {
      this.#submit(steps, feeds, log);
      this.#residents.replaced();
      return;
    }
    for (let step = 0; step < steps; step++) {
      for (const { buffer, count } of drawn) {
        const next = alea(String(random()));
        const values = Float32Array.from({ length: count }, next);
        backend.queue.writeBuffer(buffer, 0, values);
      }
      const ahead = feeds.map((feed) => ({ ...feed, offset: feed.offset + step * feed.stride }));
      const after = log && { ...log, offset: log.offset + step * this.outputBytes };
      this.#submit(1, ahead, after);
    }
    this.#residents.replaced();
  }

  #submit(steps: number, feeds: readonly Feed[], log: RunOptions["log"]): void {
    const { device, queue } = this.#backend;
    const encoder = device.createCommandEncoder();
    if (!this.#onceDone) this.#encode(encoder, this.#once);
    this.#onceDone = true;
    for (let step = 0; step < steps; step++) {
      for (const { from, offset, stride, to, size } of feeds)
        encoder.copyBufferToBuffer(from, offset + step * stride, to, 0, size);
      this.#encode(encoder, this.#steps);
      for (const { from, to } of this.#plan.placement.copies)
        encoder.copyBufferToBuffer(
          this.#bufferOf(from),
          0,
          this.#bufferOf(to),
          0,
          infoOf(this.#plan.graph, from).size,
        );
      let offset = log ? log.offset + step * this.outputBytes : 0;
      for (const id of this.#plan.graph.outputs) {
        const { size } = infoOf(this.#plan.graph, id);
        if (log) encoder.copyBufferToBuffer(this.#bufferOf(id), 0, log.buffer, offset, size);
        offset += size;
      }
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
    this.#layout.dispose();
    this.#residents.dispose();
  }
}
