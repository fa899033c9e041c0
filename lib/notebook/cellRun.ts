/** One run of one cell through the kernel, from what it is made of to what it leaves: values held, an output. */
import type * as Y from "yjs";
import { assertNever } from "../base/assertNever.ts";
import type { NotebookId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import type { Platform } from "../base/platform.ts";
import type { Timers } from "../base/timers.ts";
import type { CellFacts, CellProgress, Resume } from "../kernel/capability.ts";
import { deviceWords } from "../kernel/device.ts";
import type { CellEnd, CellListener, Kernel } from "../kernel/kernel.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import type { Edge } from "../kernel/graph.ts";
import type { Blobs, Member } from "../workspace/session.ts";
import type { OtherControl, ParamControl } from "../kernel/params.ts";
import type { Attempt } from "./autoRun.ts";
import type { CodeCell } from "./code.ts";
import type { Held, HeldCell } from "./held.ts";
import {
  type Inputs,
  type Now,
  isPinned,
  joinInputs,
  paramInput,
  timesContinued,
} from "./inputs.ts";
import { LiveOutput } from "./liveOutput.ts";
import { currentVersions } from "./notebookChanges.ts";
import type { OutputRecord } from "./outputs.ts";
import { isCapturing } from "./settings.ts";
import type { ShownOutputs } from "./shownOutputs.ts";

export interface RunWorld {
  readonly notebook: NotebookId;
  readonly doc: Y.Doc;
  readonly index: Y.Doc;
  readonly kernel: Kernel;
  readonly me: Observable<Member>;
  readonly blobs: Blobs;
  readonly clock: Pick<Platform, "now"> & Timers;
}

export interface CellToRun {
  readonly cell: CodeCell;
  /** As compileCell gave it. */
  readonly code: string;
  readonly edges: readonly Edge[];
  readonly held: Held;
  /** True where no cell defines the name any more. */
  readonly unclaimed: (name: string) => boolean;
  /** What it runs with. */
  readonly now: Pick<Now, "params" | "seed">;
  readonly controls: readonly OtherControl[];
  readonly outputs: ShownOutputs;
  readonly attempted: (attempt: Attempt) => void;
  /** It goes on from its last run. */
  readonly resume?: Resume | undefined;
  readonly progress: (progress: CellProgress) => void;
}

const SHOW_EVERY_MS = 40;

/** Never rejects. Resolves when the kernel is free again; the output may still be on its way into the document. */
export async function runCell(world: RunWorld, run: CellToRun): Promise<CellEnd["kind"]> {
  const { kernel, clock, me } = world;
  const { cell, held, outputs } = run;
  const { seed, params } = run.now;
  const last = outputs.get(cell.id);
  const { sources, inputs } = madeFrom(run, seed);
  const stamp = held.nextStamp();
  const used = new Map(run.edges.map(({ from }) => [from, held.get(from)?.stamp ?? 0]));
  const { id: by, name: byName } = me.current;
  const at = clock.now();
  const live = new LiveOutput({ by, byName, at, inputs });
  const controls = new Map<string, ParamControl>();
  // A cell that is the first to run is not slow for the kernel's start.
  let began = at;
  const leaveStatus = kernel.status.subscribe(() => {
    if (began === at && kernel.status.current.state === "running") began = clock.now();
  });
  const known = last?.inputs.sources.at(-1)?.code === cell.code ? last.trains : [];
  const record = (end: OutputRecord["end"], error?: ErrorOutput): OutputRecord => {
    const now = live.record(end, clock.now(), deviceWords(kernel.status.current.device), error);
    // Until it has come to its end, the same code trains what it trained before.
    return end === "done" ? now : { ...now, trains: [...new Set([...now.trains, ...known])] };
  };

  const before = held.get(cell.id)?.defines.filter(run.unclaimed) ?? [];
  if (before.length > 0) kernel.forget(before);
  held.forget(cell.id);

  let leaveShow: (() => void) | undefined;
  const show = (): void => {
    leaveShow ??= clock.after(SHOW_EVERY_MS, () => {
      leaveShow = undefined;
      outputs.running(cell.id, record("running"));
    });
  };
  const listener: CellListener = {
    output(bundle, id) {
      live.show(bundle, id);
      show();
    },
    progress: run.progress,
    readDataset(name, digest) {
      const current = currentVersions(world.index).get(name);
      const pinned = sources.some(({ source }) => isPinned(digest, current, source));
      live.readDataset({ name, digest, pinned });
    },
    readParam(control) {
      controls.set(control.name, control);
      live.readParam(paramInput(control, params));
    },
    startedRun(started) {
      live.startedRun(started);
      show();
    },
    trained(names) {
      live.trained(names);
      held.trained(cell.id, names, stamp);
    },
  };
  outputs.running(cell.id, record("running"));
  const { defines, reads } = cell.names;
  const end = await kernel.run(
    {
      cell: cell.id,
      code: run.code,
      defines,
      reads: reads.filter((name) => run.edges.some((edge) => edge.name === name)),
      seed,
      capturing: isCapturing(world.doc),
      params,
      controls: run.controls,
      facts: {
        notebook: world.notebook,
        sources,
        datasets: inputs.datasets,
        params: Object.fromEntries(inputs.params.map(({ name, value }) => [name, value])),
        ...(run.resume ? { resume: run.resume } : {}),
      },
    },
    listener,
  );
  leaveShow?.();
  leaveStatus();
  const asked = [...controls.values()];
  const ran = { stamp, inputs: live.inputs, sources, defines, used, controls: asked };
  const gone = end.kind === "interrupted" ? end.kernelEnded : end.kind === "kernel-ended";
  if (!gone) held.leave(cell.id, { runs: live.runs, inputs: live.inputs });
  if (!gone) run.attempted({ from: ran, ms: clock.now() - began, leaves: live.leaves });
  if (end.kind === "done") held.keep(cell.id, ran);
  void outputs.ended(cell.id, recordOf(end, record));
  return end.kind;
}

function recordOf(
  end: CellEnd,
  record: (end: OutputRecord["end"], error?: ErrorOutput) => OutputRecord,
): OutputRecord {
  switch (end.kind) {
    case "done":
      return record("done");
    case "error":
      return record("error", end.error);
    case "interrupted":
      return record(
        "interrupted",
        stopped(
          "Interrupted",
          end.kernelEnded
            ? "The cell did not stop by itself, so the kernel was ended. Its values are gone."
            : "The cell was stopped before its end.",
        ),
      );
    case "kernel-ended":
      return record("interrupted", stopped("The kernel ended", end.reason));
    default:
      return assertNever(end);
  }
}

function stopped(name: string, message: string): ErrorOutput {
  return { name, message, line: null, column: null, stack: [] };
}

/** The code and data behind a cell as they really ran, which is not what they may have become since. */
function madeFrom(
  { cell, edges, held, resume }: CellToRun,
  seed: number,
): { sources: CellFacts["sources"]; inputs: Inputs } {
  const upstream = [...new Set(edges.map((edge) => edge.from))]
    .map((from) => held.get(from))
    .filter((one): one is HeldCell => one !== undefined)
    .sort((a, b) => a.stamp - b.stamp);
  const own = {
    sources: [{ cell: cell.id, code: cell.code }],
    datasets: [],
    params: [],
    ...(resume?.how === "continue"
      ? {
          continued: [
            { cell: cell.id, times: timesContinued(held.leftBy(cell.id)?.inputs, cell.id) + 1 },
          ],
        }
      : {}),
  };
  const sources = new Map(
    [...upstream.flatMap((one) => one.sources), { cell: cell.id, source: cell.source }].map(
      (one) => [one.cell, one] as const,
    ),
  );
  return {
    sources: [...sources.values()],
    inputs: joinInputs(seed, [...upstream.map((one) => one.inputs), own]),
  };
}
