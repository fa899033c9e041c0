/**
 * On what a kernel computes: finds the backend that was asked for, sees that it really is in use, and says so
 * where it is not. Runs in the kernel's worker.
 */
import type * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { assertNever } from "../../base/assertNever.ts";
import type { Backend } from "../../kernel/device.ts";
import type { WasmBytes } from "../../kernel/protocol.ts";

export interface InUse {
  readonly backend: string;
  readonly adapter: string;
  /** What was asked for and why it is not this. */
  readonly notice?: string;
}

type TensorFlow = typeof tf;

/** Rejects only where not even the CPU is to be had. */
export async function useBackend(
  tf: TensorFlow,
  asked: Backend,
  wasm: WasmBytes | null,
): Promise<InUse> {
  switch (asked) {
    case "auto":
      return automatic(tf);
    case "webgpu":
      return orCpu(tf, "WebGPU", async () => webgpu(tf, await adapterOrWhyNot()));
    case "webgl":
      return orCpu(tf, "WebGL", () => webgl(tf));
    case "wasm":
      return orCpu(tf, "WASM", () => webAssembly(tf, wasm));
    case "cpu":
      return cpu(tf);
    default:
      return assertNever(asked);
  }
}

/** WebGPU on a real adapter: on a software one the CPU backend is many times faster. */
async function automatic(tf: TensorFlow): Promise<InUse> {
  const adapter = await requestAdapter();
  if (!adapter || isSoftware(adapter)) return cpu(tf);
  return orCpu(tf, "WebGPU", () => webgpu(tf, adapter));
}

async function orCpu(tf: TensorFlow, name: string, use: () => Promise<InUse>): Promise<InUse> {
  try {
    return await use();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...(await cpu(tf)), notice: `${name} is not in use: ${why}. Cells run on the CPU.` };
  }
}

async function cpu(tf: TensorFlow): Promise<InUse> {
  await really(tf, "cpu");
  return { backend: "CPU", adapter: "" };
}

async function webgpu(tf: TensorFlow, adapter: GPUAdapter): Promise<InUse> {
  // The same weights to the bit, and convolutions 2.5 times as fast where the adapter is software.
  if (isSoftware(adapter)) tf.env().set("WEBGPU_CONV_SEPARATE_IM2COL_SHADER", true);
  await really(tf, "webgpu");
  return { backend: "WebGPU", adapter: adapterName(adapter) };
}

async function webgl(tf: TensorFlow): Promise<InUse> {
  const context =
    typeof OffscreenCanvas === "undefined" ? null : contextOf(new OffscreenCanvas(1, 1));
  if (!context) throw new Error("this browser gives workers no WebGL");
  await really(tf, "webgl");
  const named = context.getExtension("WEBGL_debug_renderer_info");
  const renderer: unknown = named ? context.getParameter(named.UNMASKED_RENDERER_WEBGL) : "";
  return { backend: "WebGL", adapter: typeof renderer === "string" ? renderer : "" };
}

function contextOf(canvas: OffscreenCanvas): WebGLRenderingContext | null {
  return canvas.getContext("webgl2") ?? canvas.getContext("webgl");
}

/** The worker has no network: TensorFlow.js is handed the bytes where it would fetch them. */
async function webAssembly(tf: TensorFlow, wasm: WasmBytes | null): Promise<InUse> {
  if (!wasm) throw new Error("its program could not be loaded");
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths("", true);
  const { platform } = tf.env();
  const fetchAsBefore = platform.fetch.bind(platform);
  platform.fetch = (path) => {
    const bytes = path.includes("simd") ? wasm.simd : wasm.plain;
    return Promise.resolve(
      new Response(bytes, { headers: { "content-type": "application/wasm" } }),
    );
  };
  try {
    await really(tf, "wasm");
  } finally {
    platform.fetch = fetchAsBefore;
  }
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return { backend: "WASM", adapter: simd ? "SIMD" : "" };
}

/** setBackend falls back without a word, so what is in use is looked at. */
async function really(tf: TensorFlow, name: string): Promise<void> {
  const set = await tf.setBackend(name);
  await tf.ready();
  if (!set || tf.getBackend() !== name) throw new Error("TensorFlow.js could not start it");
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu = (navigator as Partial<Navigator>).gpu;
  return (await gpu?.requestAdapter({ powerPreference: "high-performance" })) ?? null;
}

async function adapterOrWhyNot(): Promise<GPUAdapter> {
  if (!("gpu" in navigator)) throw new Error("this browser does not have it");
  const adapter = await requestAdapter();
  if (!adapter) throw new Error("this browser found no adapter for it");
  return adapter;
}

function isSoftware(adapter: GPUAdapter): boolean {
  const fallback = (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter;
  if (fallback ?? adapter.info.isFallbackAdapter) return true;
  return /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterName(adapter));
}

/** As the driver names it: "google swiftshader", "nvidia ampere". */
function adapterName({ info }: GPUAdapter): string {
  return [info.vendor, info.architecture, info.description]
    .filter((part, i, parts) => part !== "" && parts.indexOf(part) === i)
    .join(" ");
}

/**
 * Tells of what goes wrong on the GPU, where nothing throws. Gives back how to wait until all that was asked of it so
 * far has been told of: it works somewhere else, and its news come late.
 */
export function watchDevice(
  tf: TensorFlow,
  heard: { problem(message: string): void; lost(message: string): void },
): () => Promise<void> {
  const { device } = tf.backend() as unknown as { readonly device?: GPUDevice };
  if (!device) return () => Promise.resolve();
  device.addEventListener("uncapturederror", ({ error }) =>
    heard.problem(`WebGPU: ${error.message}`),
  );
  const lost = device.lost.then(({ message }) =>
    heard.lost(`The GPU was lost (${message.replace(/\.$/, "") || "no reason was given"})`),
  );
  const destroy = device.destroy.bind(device);
  let destroyed = false;
  device.destroy = () => {
    destroyed = true;
    return destroy();
  };
  return async () => {
    // What was asked before it is answered before it.
    device.pushErrorScope("internal");
    const answered = device.popErrorScope().then(
      () => undefined,
      () => undefined,
    );
    await (destroyed ? lost : Promise.race([answered, lost]));
  };
}

/**
 * On WebGPU a blocking read gives zeros and can lose the device: it becomes an error that says what to do.
 * Values that are in the computer's own memory anyway are read as ever.
 */
export function refuseBlockingReads(tf: TensorFlow): void {
  if (tf.getBackend() !== "webgpu") return;
  const backend = tf.backend() as unknown as {
    tensorMap: { get(id: object): { values?: unknown; dtype: string } };
    readSync(id: object): unknown;
  };
  const readSync = backend.readSync.bind(backend);
  backend.readSync = (id) => {
    const { values, dtype } = backend.tensorMap.get(id);
    if (values != null || dtype === "string") return readSync(id);
    throw new Error(
      "On WebGPU values cannot be read at once: write await tensor.data() or await tensor.array() instead of dataSync() or arraySync()",
    );
  };
}
