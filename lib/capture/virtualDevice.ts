/**
 * Stands in for the device while a step is traced: buffers without memory, an encoder that writes down what it is
 * asked to do. Nothing reaches the GPU.
 */
import { MAP_WRITE, UNIFORM } from "./deviceBuffer.ts";
import type { BufferPool } from "./internals.ts";
import { NotCapturable } from "./notCapturable.ts";

/** What a buffer of the trace is for: values of tensors, uniforms of kernels, or the way up to the device. */
type Use = "values" | "uniform" | "staging";

export class VirtualBuffer {
  readonly size: number;
  readonly usage: number;
  readonly use: Use;
  readonly mapState: GPUBufferMapState;
  /** What was written from this side: the whole buffer. */
  data: ArrayBuffer | undefined;

  constructor(size: number, usage: number) {
    this.size = size;
    this.usage = usage;
    this.use = usage & MAP_WRITE ? "staging" : usage & UNIFORM ? "uniform" : "values";
    this.mapState = this.use === "staging" ? "mapped" : "unmapped";
  }

  getMappedRange(): ArrayBuffer {
    return (this.data ??= new ArrayBuffer(this.size));
  }

  unmap(): void {}
  destroy(): void {}
}

/** One dispatch, as the encoder heard it. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  /** In the order of their bindings, without the uniform, which is the last. */
  readonly buffers: readonly GPUBuffer[];
  readonly uniform: Uint8Array | null;
  readonly workgroups: readonly [number, number, number];
}

interface VirtualBindings {
  readonly buffers: readonly GPUBuffer[];
  readonly uniform: Uint8Array | null;
}

export interface Heard {
  dispatched(dispatch: Dispatch): void;
  uploaded(to: Virtual, data: Uint8Array): void;
}

export type Virtual = GPUBuffer & VirtualBuffer;

/** TensorFlow.js asks whether a resource is a GPUBuffer: virtual ones say that they are. */
export function makeVirtual(size: number, usage: number): Virtual {
  if (!(VirtualBuffer.prototype instanceof GPUBuffer))
    Object.setPrototypeOf(VirtualBuffer.prototype, GPUBuffer.prototype);
  return new VirtualBuffer(size, usage) as Virtual;
}

export function isVirtual(buffer: unknown): buffer is Virtual {
  return buffer instanceof VirtualBuffer;
}

/** `released` is told of buffers from before the step. */
export function virtualPool(released: (buffer: GPUBuffer) => void): BufferPool {
  return {
    acquireBuffer: makeVirtual,
    releaseBuffer(buffer) {
      if (!isVirtual(buffer)) released(buffer);
    },
  };
}

export function virtualWrite(
  to: GPUBuffer,
  _: number,
  data: ArrayBuffer,
  offset = 0,
  size = data.byteLength - offset,
): void {
  if (!isVirtual(to)) throw new NotCapturable("the step writes into a buffer from before it");
  to.data = data.slice(offset, offset + size);
}

export function virtualBindGroup({ entries }: GPUBindGroupDescriptor): VirtualBindings {
  const buffers: GPUBuffer[] = [];
  let uniform: Uint8Array | null = null;
  for (const { resource } of entries) {
    if (!("buffer" in resource)) throw new NotCapturable("the step reads a picture");
    const { buffer, size } = resource;
    if (isVirtual(buffer) && buffer.use === "uniform")
      uniform = new Uint8Array(buffer.data ?? new ArrayBuffer(0), 0, size);
    else buffers.push(buffer);
  }
  return { buffers, uniform };
}

export function virtualEncoder(heard: Heard): unknown {
  return {
    beginComputePass() {
      let pipeline: GPUComputePipeline;
      let bound: VirtualBindings;
      return {
        setPipeline: (given: GPUComputePipeline) => (pipeline = given),
        setBindGroup: (_: number, given: VirtualBindings) => (bound = given),
        dispatchWorkgroups: (x = 1, y = 1, z = 1) =>
          heard.dispatched({ pipeline, ...bound, workgroups: [x, y, z] }),
        end: () => undefined,
      };
    },
    copyBufferToBuffer(from: GPUBuffer, _: number, to: GPUBuffer) {
      if (!isVirtual(from) || from.use !== "staging" || !isVirtual(to) || to.use !== "values")
        throw new NotCapturable("the step copies a tensor on the device");
      heard.uploaded(to, new Uint8Array(from.getMappedRange()));
    },
    finish: () => ({}),
  };
}
