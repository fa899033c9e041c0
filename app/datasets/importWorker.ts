/** Reads imported files away from the page, so that it stays alive however large they are. Ends with its page's will. */
import { AppError } from "../../lib/base/errors.ts";
import type { ByteSource } from "../../lib/datasets/byteSource.ts";
import type { ImportFailure } from "../../lib/datasets/failures.ts";
import { type ReadDataset, planSources, readImport } from "../../lib/datasets/readImport.ts";

/** From the worker, one dataset after another, "end" last. `label` is the file that people chose. */
export type ImportMessage =
  | { readonly kind: "progress"; readonly label: string; readonly fraction: number }
  | { readonly kind: "read"; readonly label: string; readonly dataset: ReadDataset }
  | { readonly kind: "failed"; readonly label: string; readonly failure: ImportFailure }
  | { readonly kind: "end" };

/** Told more often it would cost more than it says. */
const PROGRESS_EVERY_MS = 50;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<readonly File[]>) => void) | null;
  postMessage(message: ImportMessage, transfer: Transferable[]): void;
};

scope.onmessage = (event) => void readFiles(event.data);

async function readFiles(files: readonly File[]): Promise<void> {
  const tell = (message: ImportMessage, transfer: Transferable[] = []): void =>
    scope.postMessage(message, transfer);
  for (const plan of await planSources(files.map(sourceOf))) {
    if (plan.kind === "refused") {
      tell({ kind: "failed", label: plan.name, failure: plan.failure });
      continue;
    }
    const label = plan.kind === "table" ? plan.file.name : plan.images.name;
    let told = 0;
    try {
      const dataset = await readImport(plan, (fraction) => {
        const now = performance.now();
        if (now - told < PROGRESS_EVERY_MS) return;
        told = now;
        tell({ kind: "progress", label, fraction });
      });
      tell({ kind: "read", label, dataset }, buffersOf(dataset));
    } catch (error) {
      tell({ kind: "failed", label, failure: failureOf(error, label) });
    }
  }
  tell({ kind: "end" });
}

function sourceOf(file: File): ByteSource {
  return {
    name: file.name,
    size: file.size,
    stream: () => file.stream(),
  };
}

function failureOf(error: unknown, file: string): ImportFailure {
  if (error instanceof AppError) return error.failure as ImportFailure;
  // What the engine throws where an array does not fit into memory.
  if (error instanceof RangeError) return { code: "out-of-memory", file };
  return { code: "import-broke", file, message: String(error) };
}

function buffersOf({ content }: ReadDataset): Transferable[] {
  if (content.kind === "table") return [content.table.buffer];
  return content.labels ? [content.images.buffer, content.labels.buffer] : [content.images.buffer];
}
