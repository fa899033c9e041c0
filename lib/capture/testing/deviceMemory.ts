/** What is there on the device: in TensorFlow.js's pool, and beside it. */
import type * as tf from "@tensorflow/tfjs";

interface Pooled {
  readonly device: GPUDevice;
  readonly bufferManager: {
    readonly numUsedBuffers: number;
    readonly numFreeBuffers: number;
    readonly numBytesUsed: number;
  };
}

function backendOf(gpu: typeof tf): Pooled {
  return gpu.backend() as unknown as Pooled;
}

export function pool(
  gpu: typeof tf,
): Pick<Pooled["bufferManager"], "numUsedBuffers" | "numBytesUsed"> {
  const { numUsedBuffers, numBytesUsed } = backendOf(gpu).bufferManager;
  return { numUsedBuffers, numBytesUsed };
}

/** Counts from now on: buffers that were made and not destroyed, without those of the pool. */
export function buffersBesideThePool(gpu: typeof tf): () => number {
  const { device, bufferManager } = backendOf(gpu);
  const pooled = (): number => bufferManager.numUsedBuffers + bufferManager.numFreeBuffers;
  const before = pooled();
  const live = new Set<GPUBuffer>();
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    live.add(buffer);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      return destroy();
    };
    return buffer;
  };
  return () => live.size - (pooled() - before);
}
