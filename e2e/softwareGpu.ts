/**
 * TensorFlow.js on WebGPU in Node: Dawn, on the software adapter that comes with Chromium (on a Mac or on Windows on the
 * system's own). The whole worker is on it from then on.
 */
import * as tf from "@tensorflow/tfjs";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { findBrowser } from "./browser.js";

/** Once loaded a library stays, so that Dawn finds it by its name (RTLD_NODELETE of glibc). */
const STAYS = 0x1000;

export async function softwareGpu(options: readonly string[] = []): Promise<typeof tf> {
  if (process.platform === "linux") loadVulkan();
  return webgpuInNode(options);
}

/** On whatever adapter Dawn finds by itself, or is told to take. */
export async function webgpuInNode(options: readonly string[] = []): Promise<typeof tf> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([...options]);
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu, userAgent: "Node" },
    configurable: true,
  });
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu")) || tf.getBackend() !== "webgpu")
    throw new Error("There is no adapter for WebGPU");
  return tf;
}

function loadVulkan(): void {
  const folder = foldersOfBrowser().find((one) => existsSync(join(one, "libvk_swiftshader.so")));
  if (!folder) return;
  process.env["VK_ICD_FILENAMES"] ??= join(folder, "vk_swiftshader_icd.json");
  try {
    process.dlopen(
      { exports: {} },
      join(folder, "libvulkan.so.1"),
      constants.dlopen.RTLD_NOW | STAYS,
    );
  } catch {
    // It is no module of Node's, which is what the error says; it is loaded all the same.
  }
}

/** The browser may be a script or a link that leads there. */
function foldersOfBrowser(): string[] {
  const browser = findBrowser();
  return [
    dirname(realpathSync(browser)),
    "/usr/lib/chromium",
    "/usr/lib/chromium-browser",
    "/opt/google/chrome",
  ];
}
