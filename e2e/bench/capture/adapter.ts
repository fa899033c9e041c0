/** The adapter that a process measures on: the machine's own where it has one, else software's; or one that does nothing. */
import type * as tf from "@tensorflow/tfjs";
import { softwareGpu, webgpuInNode } from "../../softwareGpu.ts";
import { adapterName } from "./adapterName.ts";
import { readZeros } from "./readZeros.ts";

/** `empty`: Dawn's null device, whose kernels take no time. */
export type AdapterKind = "empty" | "real";

export interface Adapter {
  readonly name: string;
  readonly kind: "empty" | "software" | "hardware";
}

export async function onAdapter(
  kind: AdapterKind,
): Promise<{ readonly lib: typeof tf; readonly adapter: Adapter }> {
  if (kind === "empty") {
    const lib = await webgpuInNode(["backend=null"]);
    readZeros();
    return { lib, adapter: { name: "no kernels (Dawn's null device)", kind } };
  }
  const isHardware = await hasHardware();
  const lib = await (isHardware ? webgpuInNode() : softwareGpu());
  const found = await navigator.gpu.requestAdapter();
  if (!found) throw new Error("The adapter is gone");
  return {
    lib,
    adapter: { name: adapterName(found.info), kind: isHardware ? "hardware" : "software" },
  };
}

async function hasHardware(): Promise<boolean> {
  const { create } = await import("webgpu");
  const found = await create([]).requestAdapter({ powerPreference: "high-performance" });
  return found !== null && !found.info.isFallbackAdapter;
}
