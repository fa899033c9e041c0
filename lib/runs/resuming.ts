/**
 * What a cell goes on from: finds the run that was cut off and what was kept of it, in this browser or on the server,
 * and says how the new run is to be known for a further attempt of it.
 */
import type { RunId } from "../base/ids.ts";
import { type RunCheckpoint, readCheckpoint, readCheckpointBefore } from "../document/runDoc.ts";
import { type RunAttempt, readRun } from "../document/runsDoc.ts";
import type { Resume } from "../kernel/capability.ts";
import type { OpenRoom, WorkspaceSession } from "../workspace/session.ts";
import { MAX_CHECKPOINT, type ResumeReply } from "./requests.ts";
import { RunMetrics } from "./runMetrics.ts";

export interface Resumed {
  readonly attempt: RunAttempt;
  readonly checkpoint: RunCheckpoint | undefined;
  readonly reply: ResumeReply;
}

type Session = Pick<WorkspaceSession, "open" | "blobs">;

/** Undefined where there is nothing of that training: then it runs from the beginning. */
export async function findResumed(
  session: Session,
  resume: Resume,
  asked: { readonly index: number; readonly fit: number | null },
  signal: AbortSignal,
): Promise<Resumed | undefined> {
  const ids = resume.runs as readonly RunId[];
  if (resume.how === "continue") {
    const id = ids[asked.index];
    return id && withRoom(session, id, signal, (room) => continued(session, id, room));
  }
  for (const id of [...ids].reverse()) {
    const found = await withRoom(session, id, signal, (room) => restored(session, id, room, asked));
    if (found) return found;
  }
  return undefined;
}

async function continued(session: Session, id: RunId, { doc }: OpenRoom): Promise<Resumed> {
  const series = new RunMetrics(doc).current;
  const last = (by: string): number =>
    Math.max(0, ...series.filter((one) => one.by === by).map((one) => one.steps.at(-1) ?? 0));
  const [epochs, batches] = [last("epoch"), last("batch")];
  const attempt = await attemptAfter(session, id, epochs, batches);
  return { attempt, checkpoint: undefined, reply: { how: "continue", epochs, batches } };
}

async function restored(
  session: Session,
  id: RunId,
  { doc }: OpenRoom,
  { fit }: { readonly fit: number | null },
): Promise<Resumed | undefined> {
  let missing: Error | undefined;
  for (const checkpoint of [readCheckpoint(doc), readCheckpointBefore(doc)]) {
    if (checkpoint?.fit !== fit || checkpoint.manifest.size > MAX_CHECKPOINT) continue;
    const { epoch, batch, step, manifest } = checkpoint;
    try {
      const bytes = await session.blobs.get(manifest);
      const attempt = await attemptAfter(
        session,
        id,
        Math.max(epoch, step),
        batch,
        manifest.sha256,
      );
      const reply = { how: "restore" as const, epochs: epoch, batches: batch, bytes };
      return { attempt, checkpoint, reply };
    } catch (error) {
      missing ??= error as Error;
    }
  }
  if (missing) throw missing;
  return undefined;
}

async function attemptAfter(
  session: Session,
  parent: RunId,
  fromStep: number,
  fromBatch: number,
  parentCheckpoint?: string,
): Promise<RunAttempt> {
  const runs = await session.open("runs");
  const before = readRun(runs.doc, parent)?.attempt.attempt ?? 1;
  runs.close();
  return { attempt: before + 1, parentCheckpoint, fromStep, parent, fromBatch };
}

async function withRoom<T>(
  session: Session,
  id: RunId,
  signal: AbortSignal,
  act: (room: OpenRoom) => Promise<T>,
): Promise<T> {
  const room = await session.open(`run/${id}`);
  try {
    // What is here may be enough; what another member trained comes from the server.
    if (!readCheckpoint(room.doc)) await synced(room, signal);
    return await act(room);
  } finally {
    room.close();
  }
}

function synced({ synced: state }: OpenRoom, signal: AbortSignal): Promise<void> {
  if (state.current || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      if (!state.current && !signal.aborted) return;
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = state.subscribe(done);
    signal.addEventListener("abort", done);
  });
}
