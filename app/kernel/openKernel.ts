/** A kernel for a notebook: the bundle and TensorFlow.js's WebAssembly come from the app's own files. */
import kernelUrl from "virtual:kernel";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import type { Capability } from "../../lib/kernel/capability.ts";
import type { Backend } from "../../lib/kernel/device.ts";
import type { Kernel } from "../../lib/kernel/kernel.ts";
import { createKernel } from "../../lib/platform/browser/kernel.ts";
import { Sandbox } from "../../lib/platform/browser/sandbox.ts";
import { explainToCell } from "./explain.ts";

/** The bundle, fetched once for all kernels of this tab. */
let runtime: Promise<Blob> | undefined;

/** One worker that has loaded the bundle and runs nothing, for the next kernel that starts. */
let spare: Promise<Sandbox> | undefined;

export function openKernel(capabilities: readonly Capability[], backend: Backend): Kernel {
  return createKernel({
    sandbox: takeSandbox,
    wasm: loadWasm,
    capabilities,
    backend,
    explain: explainToCell,
  });
}

/**
 * Lets a worker load what every kernel needs, so that the first cell need not wait for it. No code of anybody's
 * runs in it before a kernel takes it.
 */
export function prepareKernel(backend: Backend): void {
  if (spare) return;
  const opening = openSandbox(backend);
  spare = opening;
  // A failure is told when a kernel is started, and tried again then.
  opening.catch(() => {
    if (spare === opening) spare = undefined;
  });
}

async function takeSandbox(backend: Backend): Promise<Sandbox> {
  const prepared = spare;
  spare = undefined;
  const ready = await prepared?.catch(() => undefined);
  return ready && !ready.closed ? ready : openSandbox(backend);
}

async function openSandbox(backend: Backend): Promise<Sandbox> {
  return Sandbox.open(await loadRuntime(), backend === "auto" || backend === "webgpu");
}

function loadRuntime(): Promise<Blob> {
  runtime ??= load(kernelUrl).then((response) => response.blob());
  // A failure is not kept: the next start asks again.
  runtime.catch(() => (runtime = undefined));
  return runtime;
}

async function loadWasm(): Promise<{ simd: ArrayBuffer; plain: ArrayBuffer }> {
  const [simd, plain] = await Promise.all(
    [simdUrl, plainUrl].map(async (url) => (await load(url)).arrayBuffer()),
  );
  if (!simd || !plain) throw new Error("the WebAssembly of TensorFlow.js is missing");
  return { simd, plain };
}

async function load(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error(
    "a part of the app could not be loaded. Connect to the network once, then it works offline too",
  );
}
