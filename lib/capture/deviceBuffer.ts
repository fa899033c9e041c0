/** Buffers on the device: what they are for, and where a tensor's values are. */
import type { DataId, WebGpuBackend } from "./internals.ts";

/** As in WebGPU's GPUBufferUsage, which is not there before a device is. */
export const MAP_READ = 0x1;
export const MAP_WRITE = 0x2;
export const COPY_SRC = 0x4;
export const COPY_DST = 0x8;
export const UNIFORM = 0x40;
export const STORAGE = 0x80;

/** Kernels read and write it, as TensorFlow.js's own. */
export const VALUES = STORAGE | COPY_SRC | COPY_DST;
/** Nothing but copied from and to. */
export const COPIED = COPY_SRC | COPY_DST;

/** What waits here goes to the device first. */
export function resourceOf(backend: WebGpuBackend, id: object): GPUBuffer {
  backend.uploadToGPU(id as DataId);
  const { resource } = backend.tensorMap.get(id as DataId);
  if (!resource) throw new Error("A tensor is not on the device");
  return resource;
}
