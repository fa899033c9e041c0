/** A thread that does one kind of work beside the server, one job after another; started with the first of them. */
import { Worker, parentPort } from "node:worker_threads";

export interface JobThread<Job, Done> {
  /** Rejects where the job failed, or where the thread ended before it was done. */
  run(job: Job): Promise<Done>;
  end(): Promise<void>;
}

interface Request<Job> {
  readonly id: number;
  readonly job: Job;
}

type Answer<Done> =
  { readonly id: number; readonly done: Done } | { readonly id: number; readonly message: string };

/** `workerData`: what the thread is given at its start. */
export function openJobThread<Job, Done>(file: URL, workerData?: unknown): JobThread<Job, Done> {
  const waiting = new Map<number, (answer: Answer<Done> | Error) => void>();
  let worker: Worker | undefined;
  let nextId = 1;

  const lose = (error: Error): void => {
    worker = undefined;
    for (const settle of waiting.values()) settle(error);
    waiting.clear();
  };

  const start = (): Worker => {
    const started = new Worker(file, { workerData });
    started.unref();
    started.on("message", (answer: Answer<Done>) => {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
    started.on("error", lose);
    started.on("exit", () => lose(new Error("the thread ended")));
    return started;
  };

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, (answer) => {
          if (answer instanceof Error) reject(answer);
          else if ("done" in answer) resolve(answer.done);
          else reject(new Error(answer.message));
        });
        worker ??= start();
        worker.postMessage({ id, job } satisfies Request<Job>);
      }),
    end: async () => void (await worker?.terminate()),
  };
}

/** The thread's side. */
export function answerJobs<Job, Done>(answer: (job: Job) => Done): void {
  parentPort?.on("message", ({ id, job }: Request<Job>) => {
    let said: Answer<Done>;
    try {
      said = { id, done: answer(job) };
    } catch (error) {
      said = { id, message: error instanceof Error ? error.message : String(error) };
    }
    parentPort?.postMessage(said);
  });
}
