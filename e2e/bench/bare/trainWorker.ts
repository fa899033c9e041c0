/** TensorFlow.js in a worker and nothing else: what a cell's training is measured against. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { seededRandom } from "../../../lib/kernel/guest/random.ts";

type Cell = (lib: typeof tf) => Promise<string>;

onmessage = async ({ data }: MessageEvent<{ code: string; backend: string; seed: number }>) => {
  try {
    await tf.setBackend(data.backend);
    await tf.ready();
    if (tf.getBackend() !== data.backend) throw new Error(`the backend is ${tf.getBackend()}`);
    Math.random = seededRandom(1);
    const text = `export default async (tf) => {${data.code}}`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const { default: cell } = (await import(/* @vite-ignore */ url)) as { default: Cell };
    postMessage({ said: await cell(tf) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
