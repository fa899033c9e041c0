/** Buffers on the device: what they are for, and where a tensor's values are. */
import type * as tf from "@tensorflow/tfjs";
import { type DataId, type TensorFlow, type WebGpuBackend, submitPending } from "./internals.ts";

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

/** Tensors may share a variable's memory: they keep it, and the variable gets a copy. */
export function detach(tf: TensorFlow, backend: WebGpuBackend, variable: tf.Variable): void {
  const old = resourceOf(backend, variable.dataId);
  const info = backend.makeTensorInfo(variable.shape, variable.dtype);
  const copied = resourceOf(backend, info.dataId);
  const copy = tf.engine().makeTensorFromTensorInfo(info as never);
  submitPending(backend);
  const encoder = backend.device.createCommandEncoder();
  encoder.copyBufferToBuffer(old, 0, copied, 0, old.size);
  backend.queue.submit([encoder.finish()]);
  variable.assign(copy);
  copy.dispose();
}

/** What waits here goes to the device first. */
export function resourceOf(backend: WebGpuBackend, id: object): GPUBuffer {
  backend.uploadToGPU(id as DataId);
  const { resource } = backend.tensorMap.get(id as DataId);
  if (!resource) throw new Error("A tensor is not on the device");
  return resource;
}
