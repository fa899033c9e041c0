/** Values of several buffers on the device, in one transfer. */
import { COPY_DST, MAP_READ } from "./deviceBuffer.ts";
import { type WebGpuBackend, submitPending } from "./internals.ts";

export interface Span {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  /** Bytes, a multiple of 4. */
  readonly size: number;
}

/** What they hold once all that was asked of the device before is done. Rejects where the device is lost. */
export async function readBack(
  backend: WebGpuBackend,
  spans: readonly Span[],
): Promise<ArrayBuffer[]> {
  const { device, queue } = backend;
  submitPending(backend);
  const size = spans.reduce((all, span) => all + span.size, 0);
  const staging = device.createBuffer({ size: Math.max(4, size), usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  let at = 0;
  for (const span of spans) {
    encoder.copyBufferToBuffer(span.buffer, span.offset ?? 0, staging, at, span.size);
    at += span.size;
  }
  queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(MAP_READ);
    const all = staging.getMappedRange();
    at = 0;
    return spans.map((span) => all.slice(at, (at += span.size)));
  } finally {
    staging.destroy();
  }
}
