/** Looks through a table's bytes in a worker of their own: what another member made may never come to an end. */
import type { Expected } from "../../../lib/datasets/shownTable.ts";

const LONGEST_MS = 15_000;

export function checkTable(bytes: Uint8Array, expected: Expected): Promise<boolean> {
  const worker = new Worker(new URL("./checkTableWorker.ts", import.meta.url), { type: "module" });
  return new Promise<boolean>((resolve) => {
    const late = setTimeout(() => end(false), LONGEST_MS);
    const end = (sound: boolean): void => {
      clearTimeout(late);
      worker.terminate();
      resolve(sound);
    };
    worker.onmessage = ({ data }: MessageEvent<unknown>) => end(data === true);
    worker.onerror = () => end(false);
    worker.postMessage({ bytes, expected });
  });
}
