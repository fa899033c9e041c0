/** The memory and the pipelines of a planned step. Pipelines are shared by all programs of a device. */
import { COPY_DST, UNIFORM, VALUES } from "./deviceBuffer.ts";
import { type BufferId, type Command, type Scatter, infoOf } from "./graph.ts";
import type { Plan } from "./plan.ts";
import { fusedCode } from "./wgsl.ts";

/** Uniforms begin at multiples of this (WebGPU's default of minUniformBufferOffsetAlignment). */
const ALIGNMENT = 256;

interface Drawn {
  readonly buffer: GPUBuffer;
  readonly count: number;
  readonly scatter: Scatter;
}

export interface LaidOut {
  readonly command: Command;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: readonly BufferId[];
  readonly uniform: { readonly offset: number; readonly size: number } | undefined;
}

type Pipelines = Map<string, Promise<GPUComputePipeline>>;
const compiled = new WeakMap<GPUDevice, Pipelines>();

export class Layout {
  readonly bytes: number;
  readonly arena: GPUBuffer;
  readonly kernels: readonly LaidOut[];
  /** Buffers that are filled by chance before each step, in the order of the draws. */
  readonly drawn: readonly Drawn[];
  readonly #slots: readonly GPUBuffer[];

  private constructor(device: GPUDevice, plan: Plan, kernels: readonly Compiled[]) {
    const arena = new Arena();
    this.kernels = kernels.map(({ uniform, ...one }) => ({
      ...one,
      uniform: uniform ? arena.put(uniform) : undefined,
    }));
    this.arena = device.createBuffer({ size: arena.size, usage: UNIFORM | COPY_DST });
    device.queue.writeBuffer(this.arena, 0, arena.bytes());
    this.#slots = plan.placement.slots.map((bytes) =>
      device.createBuffer({ size: Math.max(4, bytes), usage: VALUES }),
    );
    this.bytes = plan.placement.slots.reduce((all, bytes) => all + bytes, arena.size);
    const drawn: (Drawn & { readonly nth: number })[] = [];
    for (const id of plan.placement.filled) {
      const { origin } = infoOf(plan.graph, id);
      const place = plan.placement.places.get(id);
      if (place?.kind !== "slot") continue;
      const buffer = this.slot(place.slot);
      if (origin.kind === "constant")
        device.queue.writeBuffer(buffer, 0, origin.data as BufferSource);
      if (origin.kind === "drawn") drawn.push({ ...origin, buffer });
    }
    this.drawn = drawn.toSorted((one, other) => one.nth - other.nth);
  }

  static async make(device: GPUDevice, plan: Plan): Promise<Layout> {
    const commands = [...plan.once, ...plan.graph.commands];
    const kernels = await Promise.all(commands.map((one) => compile(device, plan, one)));
    return new Layout(device, plan, kernels);
  }

  slot(number: number): GPUBuffer {
    const buffer = this.#slots[number];
    if (!buffer) throw new RangeError(`There is no slot ${number}`);
    return buffer;
  }

  dispose(): void {
    for (const buffer of [this.arena, ...this.#slots]) buffer.destroy();
  }
}

interface Compiled {
  readonly command: Command;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: readonly BufferId[];
  readonly uniform: Uint8Array | null;
}

async function compile(
  device: GPUDevice,
  { graph, placement }: Plan,
  command: Command,
): Promise<Compiled> {
  const { kernel, inputs, outputs, uniform } = command;
  if (kernel.kind === "stock")
    return { command, pipeline: kernel.pipeline, bindings: [...outputs, ...inputs], uniform };
  if (kernel.kind === "written") {
    const pipeline = await pipelineOf(device, kernel.code);
    return { command, pipeline, bindings: [...outputs, ...inputs], uniform };
  }
  const fused = fusedCode(graph, { ...command, kernel }, placement.inPlace);
  const pipeline = await pipelineOf(device, fused.code);
  return { command, pipeline, bindings: fused.bindings, uniform: fused.uniform };
}

function pipelineOf(device: GPUDevice, code: string): Promise<GPUComputePipeline> {
  const known: Pipelines = compiled.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  compiled.set(device, known);
  let pipeline = known.get(code);
  if (!pipeline) {
    const module = device.createShaderModule({ code, label: "captured" });
    pipeline = device.createComputePipelineAsync({
      layout: "auto",
      label: "captured",
      compute: { module, entryPoint: "main" },
    });
    known.set(code, pipeline);
  }
  return pipeline;
}

/** The uniforms of all kernels in one buffer, equal ones once. */
class Arena {
  readonly #parts = new Map<string, { readonly offset: number; readonly bytes: Uint8Array }>();
  size = ALIGNMENT;
  #end = 0;

  put(bytes: Uint8Array): { offset: number; size: number } {
    const content = bytes.join();
    let part = this.#parts.get(content);
    if (!part) {
      this.#parts.set(content, (part = { offset: this.#end, bytes }));
      this.#end += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
      this.size = Math.max(ALIGNMENT, this.#end);
    }
    return { offset: part.offset, size: bytes.length };
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.size);
    for (const { offset, bytes } of this.#parts.values()) all.set(bytes, offset);
    return all;
  }
}
