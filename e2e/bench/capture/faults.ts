/** What the device says of commands that it did not take: a figure of them would be none. */
import type * as tf from "@tensorflow/tfjs";

export function faultsOf(lib: typeof tf): readonly string[] {
  const faults: string[] = [];
  const { device } = lib.backend() as unknown as { readonly device: GPUDevice };
  device.addEventListener("uncapturederror", ({ error }) => faults.push(error.message));
  return faults;
}
