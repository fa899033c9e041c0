/** The imports of a workspace that are going on, for whoever shows them: progress, questions, what went wrong. */
import type * as Y from "yjs";
import type { DatasetId } from "../../lib/base/ids.ts";
import { type Observable, Settable } from "../../lib/base/observable.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import {
  type ImportAnswer,
  type ImportOutcome,
  type ImportQuestion,
  importFiles,
} from "./importFiles.ts";
import { type FileReading, readInWorker } from "./readFiles.ts";
import { wordImportFailure } from "./sentences.ts";

/** One file, or the pair of files of one image dataset. */
export interface ImportJob {
  readonly key: string;
  readonly label: string;
  readonly state:
    | { readonly kind: "reading"; readonly fraction: number }
    | { readonly kind: "storing"; readonly fraction: number }
    | { readonly kind: "asking"; readonly question: ImportQuestion }
    | { readonly kind: "failed"; readonly sentence: string }
    /** It is done, and there is something to say about it. */
    | { readonly kind: "told"; readonly sentence: string };
}

/**
 * One for each open workspace: `start(files)` from a file picker or a drop, `<ImportStatus {imports} />` wherever
 * progress is to be seen.
 */
export class Imports {
  readonly #session: Pick<WorkspaceSession, "open" | "blobs" | "me">;
  readonly #index: Y.Doc;
  readonly #read: FileReading;
  readonly #done: (outcome: ImportOutcome) => void;
  readonly #jobs = new Settable<readonly ImportJob[]>([]);
  readonly #aborts = new Map<string, AbortController>();
  readonly #answers = new Map<string, (answer: ImportAnswer) => void>();
  #batches = 0;

  constructor(
    session: Pick<WorkspaceSession, "open" | "blobs" | "me">,
    index: Y.Doc,
    read: FileReading = readInWorker,
    done: (outcome: ImportOutcome) => void = () => undefined,
  ) {
    this.#session = session;
    this.#index = index;
    this.#read = read;
    this.#done = done;
  }

  get jobs(): Observable<readonly ImportJob[]> {
    return this.#jobs;
  }

  /** Imports the files; gives the datasets that came of them when all are done. */
  async start(files: readonly File[]): Promise<DatasetId[]> {
    if (files.length === 0) return [];
    const batch = `${++this.#batches}`;
    const keyOf = (label: string): string => `${batch} ${label}`;
    const abort = new AbortController();
    const first = files[0]?.name ?? "";
    const begin = (label: string): string => {
      const key = keyOf(label);
      this.#aborts.set(key, abort);
      return key;
    };
    this.#put({ key: begin(first), label: first, state: { kind: "reading", fraction: 0 } });
    try {
      return await importFiles(
        this.#session,
        this.#index,
        files,
        {
          signal: abort.signal,
          progress: (label, fraction) => {
            if (label !== first) this.#drop(keyOf(first), "reading");
            this.#put({ key: begin(label), label, state: { kind: "reading", fraction } });
          },
          storing: (label, fraction) =>
            this.#put({ key: begin(label), label, state: { kind: "storing", fraction } }),
          failed: (label, failure) => {
            const sentence = wordImportFailure(failure);
            this.#put({ key: begin(label), label, state: { kind: "failed", sentence } });
          },
          ask: (label, question) => {
            const key = begin(label);
            this.#put({ key, label, state: { kind: "asking", question } });
            return new Promise((resolve) => {
              this.#answers.set(key, resolve);
              abort.signal.addEventListener("abort", () => resolve("cancel"));
            });
          },
          done: (label, outcome) => {
            const key = begin(label);
            this.#done(outcome);
            const sentence = wordOutcome(outcome);
            if (sentence === undefined) this.#drop(key);
            else this.#put({ key, label, state: { kind: "told", sentence } });
          },
        },
        this.#read,
      );
    } finally {
      for (const job of this.#jobs.current)
        if (job.key.startsWith(`${batch} `)) this.#drop(job.key, "reading", "storing");
    }
  }

  answer(key: string, answer: ImportAnswer): void {
    this.#answers.get(key)?.(answer);
    this.#answers.delete(key);
    this.#drop(key, "asking");
  }

  /** Stops the import and those that were started with it; what is stored already stays. */
  cancel(key: string): void {
    this.#aborts.get(key)?.abort();
    const batch = key.slice(0, key.indexOf(" ") + 1);
    for (const job of this.#jobs.current)
      if (job.key.startsWith(batch)) this.#drop(job.key, "reading", "storing");
  }

  dismiss(key: string): void {
    this.#drop(key);
  }

  #put(job: ImportJob): void {
    if (this.#aborts.get(job.key)?.signal.aborted === true) return;
    const jobs = this.#jobs.current;
    const known = jobs.some((one) => one.key === job.key);
    this.#jobs.set(known ? jobs.map((one) => (one.key === job.key ? job : one)) : [...jobs, job]);
  }

  /** Takes it off the list; with states named, only where it is in one of them. */
  #drop(key: string, ...states: readonly ImportJob["state"]["kind"][]): void {
    this.#jobs.set(
      this.#jobs.current.filter(
        (job) => job.key !== key || (states.length > 0 && !states.includes(job.state.kind)),
      ),
    );
    if (!this.#jobs.current.some((job) => job.key === key)) this.#answers.delete(key);
  }
}

function wordOutcome(outcome: ImportOutcome): string | undefined {
  switch (outcome.kind) {
    case "unchanged":
      return `“${outcome.name}” holds exactly this already: nothing was changed.`;
    case "beside":
      return `Imported as “${outcome.name}”, since “${outcome.wanted}” has other columns.`;
    case "new":
    case "version":
    case "cancelled":
      return undefined;
  }
}
