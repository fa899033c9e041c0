/** The language worker of this tab: one for whichever notebook is open, since it takes seconds to get ready. */
import type { FromLanguage, ToLanguage } from "./protocol.ts";

export interface LanguageWorker {
  post(message: ToLanguage): void;
  /** Hands the worker back; `broken` where it is of no use to anybody. */
  release(broken: boolean): void;
}

export interface WorkerEars {
  hear(message: FromLanguage): void;
  fail(reason: string): void;
}

export type OpenLanguageWorker = (ears: WorkerEars) => LanguageWorker;

let idle: Worker | undefined;

export const openLanguageWorker: OpenLanguageWorker = (ears) => {
  const worker =
    idle ??
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "language" });
  idle = undefined;
  worker.onmessage = ({ data }: MessageEvent<FromLanguage>) => ears.hear(data);
  worker.onerror = (event) => ears.fail(event.message || "its code could not be loaded");
  worker.postMessage({ kind: "open" } satisfies ToLanguage);
  return {
    post: (message) => worker.postMessage(message),
    release(broken) {
      worker.onmessage = worker.onerror = null;
      if (broken || idle) worker.terminate();
      else idle = worker;
    },
  };
};
