/** On what cells compute: what was asked for, and what is in use. */

/** What was asked for. "auto": WebGPU on a real adapter, else the CPU. */
export type Backend = "auto" | "webgpu" | "webgl" | "wasm" | "cpu";

/** What is in use. `backend` in words ("WebGPU", "CPU"), `adapter` as the driver names it, "" where there is none. */
export interface Device {
  readonly backend: string;
  readonly adapter: string;
  /** Versions of the packages that cells can import, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** "WebGPU, NVIDIA RTX 4090": the backend with the adapter, where there is one. */
export function deviceWords(device: Pick<Device, "backend" | "adapter"> | undefined): string {
  return device ? [device.backend, device.adapter].filter(Boolean).join(", ") : "";
}
