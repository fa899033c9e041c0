/** On what this person wants cells to compute, on this device: each device has another. Kept in this browser. */
import type { Backend } from "../../lib/kernel/device.ts";

const KEY = "ensemble.backend";
const backends: readonly Backend[] = ["auto", "webgpu", "webgl", "wasm", "cpu"];

export function chosenBackend(): Backend {
  try {
    return backends.find((backend) => backend === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto"; // storage is switched off
  }
}

export function chooseBackend(backend: Backend): void {
  try {
    localStorage.setItem(KEY, backend);
  } catch {
    // it holds for this tab alone
  }
}
