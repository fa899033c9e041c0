/** Files that a test chooses, and the import's worker run in the page: tests have no threads. */
import { flushSync } from "svelte";
import type { ImportMessage } from "../importWorker.ts";

/** A file of which the second half comes when it is released. */
export interface HeldFile {
  readonly file: File;
  release(): void;
}

export function file(name: string, content: string): File {
  return streaming(name, content, Promise.resolve());
}

export function heldFile(name: string, content: string): HeldFile {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { file: streaming(name, content, released), release: () => release() };
}

function streaming(name: string, content: string, rest: Promise<void>): File {
  const bytes = new TextEncoder().encode(content);
  const half = Math.ceil(bytes.length / 2);
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
    new ReadableStream({
      start(controller) {
        if (half > 0) controller.enqueue(bytes.slice(0, half));
      },
      async pull(controller) {
        await rest;
        if (half < bytes.length) controller.enqueue(bytes.slice(half));
        controller.close();
      },
    });
  return Object.assign(new File([content], name), { stream });
}

/** Chooses the files under "Import data". */
export function choose(...files: readonly File[]): void {
  const input = document.querySelector('input[type=file][aria-label="Import data"]');
  if (!input) throw new Error("there is nowhere to choose files");
  Object.defineProperty(input, "files", { value: files, configurable: true });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

interface WorkerScope {
  readonly location: Location;
  onmessage: ((event: { data: readonly File[] }) => void) | null;
  postMessage(message: ImportMessage): void;
}

let workers = 0;
let loading: Promise<unknown> = Promise.resolve();

/** Each has the module of the import's worker to itself, as workers do. What one says after its end is not heard. */
export class PageWorker {
  onmessage: ((event: { data: ImportMessage }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  #ended = false;
  readonly #scope: WorkerScope = {
    location,
    onmessage: null,
    postMessage: (message) => {
      if (!this.#ended) this.onmessage?.({ data: structuredClone(message) });
    },
  };

  postMessage(files: readonly File[]): void {
    loading = loading
      .then(() => loadWorker(this.#scope))
      .then(() => this.#scope.onmessage?.({ data: files }));
  }

  terminate(): void {
    this.#ended = true;
  }
}

async function loadWorker(scope: WorkerScope): Promise<void> {
  const outside = Object.getOwnPropertyDescriptor(globalThis, "self");
  Object.defineProperty(globalThis, "self", { value: scope, configurable: true });
  try {
    await import(/* @vite-ignore */ `../importWorker.ts?thread=${++workers}`);
  } finally {
    if (outside) Object.defineProperty(globalThis, "self", outside);
  }
}
