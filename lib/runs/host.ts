/**
 * The page's half of tracking: gives every run that the worker starts its id, its row and its room, writes
 * what is logged, keeps its heart beating, and closes what a cell leaves open. Knows nothing of TensorFlow.js.
 */
import { assertNever } from "../base/assertNever.ts";
import { AppError } from "../base/errors.ts";
import { type CellId, type RunId, newId } from "../base/ids.ts";
import type { Platform } from "../base/platform.ts";
import type { CallContext, Capability } from "../kernel/capability.ts";
import type { WorkspaceSession } from "../workspace/session.ts";
import { ROW_EVERY_MS, Recording } from "./recording.ts";
import {
  RUNS,
  type ResumeReply,
  type RunRequest,
  type RunsFailure,
  parseRunRequest,
} from "./requests.ts";
import { type Resumed, findResumed } from "./resuming.ts";

export interface RunsHost {
  readonly session: Pick<WorkspaceSession, "open" | "blobs" | "me">;
  readonly world: Pick<Platform, "now" | "randomBytes"> & {
    /** Calls again and again until the returned function is called. */
    every(ms: number, act: () => void): () => void;
  };
}

type Past = Pick<Resumed, "attempt" | "checkpoint">;

/** More runs than this at once in one cell is a mistake in its code. */
const MAX_OPEN = 100;
/** And so many one after the other: each is a row that the whole workspace reads. */
const MAX_STARTED = 2_000;

export function runsCapability({ session, world }: RunsHost): Capability<RunRequest> {
  const open = new Map<CellId, Map<number, Recording>>();
  /** What runs that have not begun yet go on from. */
  const resumed = new Map<CellId, Map<number, Past>>();
  const started = new Map<CellId, number>();
  let stopBeating: (() => void) | undefined;

  /** A run that only waits beats by this timer; one that logs beats by what the worker tells (hidden tabs throttle timers). */
  function beat(): void {
    stopBeating ??= world.every(ROW_EVERY_MS, () => {
      for (const runs of open.values()) for (const run of runs.values()) run.beat();
    });
  }

  function forget(cell: CellId, run: number): void {
    const runs = open.get(cell);
    runs?.delete(run);
    if (runs?.size === 0) open.delete(cell);
    if (open.size > 0) return;
    stopBeating?.();
    stopBeating = undefined;
  }

  function start(request: RunRequest & { kind: "start" }, context: CallContext): Recording {
    const runs = open.get(context.cell) ?? new Map<number, Recording>();
    if (runs.has(request.run)) throw new AppError<RunsFailure>({ code: "runs-request" });
    if (runs.size >= MAX_OPEN)
      throw new Error(`This cell has ${MAX_OPEN} runs open. Finish one with run.finish() first.`);
    const before = started.get(context.cell) ?? 0;
    if (before >= MAX_STARTED)
      throw new Error(
        `This cell started ${MAX_STARTED} runs, which is as many as one cell can: run it again for more.`,
      );
    started.set(context.cell, before + 1);
    const recording = new Recording({
      session,
      world,
      id: newId<RunId>(world),
      name: request.name,
      params: request.params,
      model: request.model,
      cell: context.cell,
      facts: () => context.facts,
    });
    const from = resumed.get(context.cell)?.get(request.run);
    resumed.get(context.cell)?.delete(request.run);
    if (from) recording.goOnFrom(from);
    runs.set(request.run, recording);
    open.set(context.cell, runs);
    context.startedRun(recording.id);
    beat();
    return recording;
  }

  async function resume(
    request: RunRequest & { kind: "resume" },
    { cell, facts, signal }: CallContext,
  ): Promise<ResumeReply> {
    if (!facts.resume) return null;
    const found = await findResumed(session, facts.resume, request, signal);
    // Its cell may have ended meanwhile, and another run of it begun.
    signal.throwIfAborted();
    if (!found) return null;
    const { attempt, checkpoint, reply } = found;
    const recording = open.get(cell)?.get(request.run);
    if (recording) recording.goOnFrom({ attempt, checkpoint });
    else {
      const waiting = resumed.get(cell) ?? new Map<number, Past>();
      if (waiting.size >= MAX_OPEN) throw new AppError<RunsFailure>({ code: "runs-request" });
      resumed.set(cell, waiting.set(request.run, { attempt, checkpoint }));
    }
    return reply;
  }

  return {
    name: RUNS,
    parse: parseRunRequest,
    async host(request, context) {
      if (request.kind === "start") return start(request, context).written();
      if (request.kind === "resume") return resume(request, context);
      const recording = open.get(context.cell)?.get(request.run);
      if (!recording) return; // its cell has ended in the meantime
      switch (request.kind) {
        case "describe":
          recording.describe(request.params, request.tags, request.model);
          return recording.written();
        case "log":
          recording.log(request.blocks, request.progress, request.console);
          if (request.progress) {
            const { label, fraction, leftMs } = request.progress;
            context.progress({ label, fraction, leftMs: leftMs ?? null });
          }
          return recording.written();
        case "keep":
          recording.keep(request, request.bytes);
          return recording.written();
        case "end":
          forget(context.cell, request.run);
          return recording.end(request.how, request.why);
        default:
          assertNever(request);
      }
    },
    async cellEnded(cell, how) {
      resumed.delete(cell);
      started.delete(cell);
      const left = [...(open.get(cell) ?? [])];
      const word = how === "done" ? "finished" : how === "error" ? "failed" : "interrupted";
      for (const [run] of left) forget(cell, run);
      await Promise.all(left.map(([, recording]) => recording.end(word)));
    },
  };
}
