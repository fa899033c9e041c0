/** Hands files to the import's worker and passes on what it reads. Aborting ends the worker at once. */
import type { ImportMessage } from "./importWorker.ts";

/** Gives what comes of the files, message by message. Tests read in the page instead. */
export type FileReading = (
  files: readonly File[],
  signal: AbortSignal,
) => AsyncIterable<ImportMessage>;

export const readInWorker: FileReading = async function* (files, signal) {
  const worker = new Worker(new URL("./importWorker.ts", import.meta.url), { type: "module" });
  const waiting: ImportMessage[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const end = (): void => {
    ended = true;
    wake();
  };
  worker.onmessage = (event: MessageEvent<ImportMessage>) => {
    waiting.push(event.data);
    wake();
  };
  worker.onerror = (event) => {
    const file = files.map((one) => one.name).join(", ");
    const message = event.message === undefined ? "the reader did not start" : event.message;
    waiting.push({ kind: "failed", label: file, failure: { code: "import-broke", file, message } });
    waiting.push({ kind: "end" });
    wake();
  };
  signal.addEventListener("abort", end);
  try {
    worker.postMessage(files);
    for (;;) {
      const message = waiting.shift();
      if (ended || message?.kind === "end") return;
      if (message) yield message;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener("abort", end);
    worker.terminate();
  }
};
