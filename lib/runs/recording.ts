/**
 * A run being recorded in this tab: its row, its chunks, its heartbeat, and the seal at its end.
 * Everything is written in the order in which it was told; the caller never waits.
 */
import type { RunId } from "../base/ids.ts";
import type { Platform } from "../base/platform.ts";
import type { CellFacts } from "../kernel/capability.ts";
import {
  type CheckpointFacts,
  type ModelSummary,
  type RunProgress,
  appendChunk,
  appendConsole,
  sealSeries,
  writeCheckpoint,
  writeInputs,
  writeModel,
  writeProgress,
} from "../document/runDoc.ts";
import {
  type RunAttempt,
  type RunEnd,
  type RunLive,
  type RunParams,
  addParams,
  nextRunNumber,
  putAttempt,
  putEnd,
  putDatasets,
  putLive,
  putRun,
  setTag,
} from "../document/runsDoc.ts";
import type { OpenRoom, WorkspaceSession } from "../workspace/session.ts";
import { KeptCheckpoints } from "./keptCheckpoints.ts";
import type { Resumed } from "./resuming.ts";
import { type Block, downsample, encodeChunk, seriesKey } from "./series.ts";
import { SeriesLog, lastValues, sparkOf } from "./seriesLog.ts";

export const ROW_EVERY_MS = 10_000;
const PROGRESS_EVERY_MS = 1000;
/** The last value of each stands in the list of runs, which everybody loads. */
const MOST_METRICS = 500;
const SEAL_AT = 65_536;
const CURVE_BUCKETS = 400;
const SERIES_MIME = "application/vnd.ensemble.series";
const FIRST: RunAttempt = { attempt: 1, parentCheckpoint: undefined, fromStep: 0 };

export interface RecordingSettings {
  readonly session: Pick<WorkspaceSession, "open" | "blobs" | "me">;
  readonly world: Pick<Platform, "now">;
  readonly id: RunId;
  readonly name: string;
  readonly params: RunParams;
  readonly model: ModelSummary | undefined;
  readonly cell: CellFacts["sources"][number]["cell"];
  /** Read at the start and at the end, since a cell may read more data in between. */
  readonly facts: () => CellFacts;
}

/** The two rooms that a run is written to. */
interface Rooms {
  readonly runs: OpenRoom;
  readonly run: OpenRoom;
}

export class Recording {
  readonly #settings: RecordingSettings;
  readonly #startedAt: number;
  readonly #rooms: Promise<Rooms>;
  /** Everything to be written, one after another. One failure does not keep what follows from being written. */
  #written: Promise<void> = Promise.resolve();
  #failed: { readonly cause: unknown } | undefined;
  // These grow as the queue is worked off, so that a seal never holds a point whose chunk is still to come.
  readonly #unsealed = new SeriesLog();
  readonly #whole = new SeriesLog();
  readonly #metrics = new Set<string>();
  #datasets = 0;
  /** Params that came from controls and that the cell said nothing of: what it says of one later counts. */
  readonly #controls = new Set<string>();
  #chunks = 0;
  #rowAt: number;
  #progressAt = 0;
  #progress: RunProgress | undefined;
  #ended = false;
  #attempt = FIRST;
  readonly #kept: KeptCheckpoints;

  constructor(settings: RecordingSettings) {
    this.#settings = settings;
    this.#startedAt = this.#rowAt = settings.world.now();
    this.#kept = new KeptCheckpoints(settings);
    this.#rooms = this.#open();
    this.#write((rooms) => this.#begin(rooms));
  }

  get id(): RunId {
    return this.#settings.id;
  }

  /** Resolves when all that was told so far is written. Rejects, once, where some of it could not be. */
  async written(): Promise<void> {
    await this.#written;
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed) throw failed.cause;
  }

  describe(params: RunParams, tags: readonly string[], model: ModelSummary | undefined): void {
    this.#write(({ runs, run }) => {
      if (Object.keys(params).length > 0) addParams(runs.doc, this.id, params, this.#controls);
      for (const name of Object.keys(params)) this.#controls.delete(name);
      for (const tag of tags) setTag(runs.doc, this.id, tag, true);
      if (model) writeModel(run.doc, model);
    });
  }

  /** Throws where it is one metric too many. */
  log(blocks: readonly Block[], progress: RunProgress | undefined, console: string): void {
    for (const block of blocks) this.#metrics.add(seriesKey(block));
    if (this.#metrics.size > MOST_METRICS)
      throw new Error(`A run can have ${MOST_METRICS} metrics: log fewer names.`);
    const now = this.#settings.world.now();
    this.#write(async ({ run }) => {
      this.#unsealed.append(blocks);
      this.#whole.append(blocks);
      if (progress) this.#progress = progress;
      if (blocks.length > 0) {
        const at = now - this.#startedAt;
        appendChunk(run.doc, encodeChunk({ attempt: this.#attempt.attempt, at, blocks }));
        this.#chunks++;
      }
      appendConsole(run.doc, console);
      if (progress && now - this.#progressAt >= PROGRESS_EVERY_MS) {
        this.#progressAt = now;
        writeProgress(run.doc, progress);
      }
      if (this.#unsealed.points >= SEAL_AT) await this.#seal(run);
    });
    this.beat();
  }

  /** It is a further attempt of another run, and what was kept of that is what there is of this one so far. */
  goOnFrom({ attempt, checkpoint }: Pick<Resumed, "attempt" | "checkpoint">): void {
    this.#attempt = attempt;
    this.#write(({ runs, run }) => {
      putAttempt(runs.doc, this.id, attempt);
      if (checkpoint) writeCheckpoint(run.doc, checkpoint);
    });
  }

  /** A checkpoint. The newest is kept, and not more often than it can be stored. */
  keep(facts: CheckpointFacts, bytes: Uint8Array<ArrayBuffer>): void {
    const checkpoint = this.#kept.take(facts, bytes);
    if (checkpoint) this.#write(({ run }) => checkpoint(run.doc));
  }

  /** Says that it is still alive, where its row has not said so for a while. */
  beat(): void {
    const now = this.#settings.world.now();
    if (this.#ended || now - this.#rowAt < ROW_EVERY_MS) return;
    this.#rowAt = now;
    this.#write(({ runs }) => putLive(runs.doc, this.id, this.#live()));
  }

  /** Closes the run, once; what was logged stays. Resolves when it is sealed. */
  end(how: RunEnd["how"], why = ""): Promise<void> {
    if (this.#ended) return this.written();
    this.#ended = true;
    const at = this.#settings.world.now();
    this.#write((rooms) => {
      const { runs, run } = rooms;
      this.#progress = undefined;
      const facts = this.#settings.facts();
      if (facts.datasets.length > this.#datasets) this.#noteInputs(rooms);
      if (facts.params) addParams(runs.doc, this.id, facts.params);
      putEnd(runs.doc, this.id, { how, at, why }, this.#live());
      writeProgress(run.doc, undefined);
    });
    this.#write(async ({ run }) => {
      if (this.#unsealed.points > 0) await this.#seal(run);
      if (how !== "finished") await this.#kept.last()?.(run.doc);
    });
    this.#write(({ runs, run }) => {
      runs.close();
      run.close();
    });
    return this.written();
  }

  async #open(): Promise<Rooms> {
    const { session, id } = this.#settings;
    const [runs, run] = await Promise.all([session.open("runs"), session.open(`run/${id}`)]);
    return { runs, run };
  }

  #begin(rooms: Rooms): void {
    const { runs, run } = rooms;
    const { session, id, cell, name, params, model } = this.#settings;
    const facts = this.#settings.facts();
    for (const control of Object.keys(facts.params ?? {}))
      if (!Object.hasOwn(params, control)) this.#controls.add(control);
    const { backend, adapter } = facts.device;
    const me = session.me.current;
    const start = {
      number: nextRunNumber(runs.doc),
      notebook: facts.notebook,
      cell,
      by: me.id,
      byName: me.name,
      device: [backend, adapter].filter((part) => part !== "").join(", "),
      startedAt: this.#startedAt,
      datasets: facts.datasets,
      attempt: this.#attempt,
    };
    putRun(runs.doc, id, start, {
      name,
      params: { ...facts.params, ...params },
      live: this.#live(),
    });
    this.#noteInputs(rooms);
    if (model) writeModel(run.doc, model);
  }

  #noteInputs({ runs, run }: Rooms): void {
    const { sources, datasets, seed, device } = this.#settings.facts();
    const { packages, backend, adapter } = device;
    this.#datasets = datasets.length;
    writeInputs(run.doc, { sources, datasets, seed, packages, backend, adapter });
    putDatasets(runs.doc, this.id, datasets);
  }

  #live(): RunLive {
    return {
      beatAt: this.#settings.world.now(),
      progress: this.#progress,
      last: lastValues(this.#whole),
      spark: sparkOf(this.#whole),
    };
  }

  /** Moves the points so far from chunks to a blob; what is drawn of them stays in the room. */
  async #seal(run: OpenRoom): Promise<void> {
    const [chunks, blocks] = [this.#chunks, [...this.#unsealed.all()]];
    const points = this.#unsealed.points;
    const bytes = encodeChunk({ attempt: this.#attempt.attempt, at: 0, blocks });
    const manifest = await this.#settings.session.blobs.put(bytes, SERIES_MIME);
    const curves = new Map<string, Uint8Array>();
    for (const series of this.#whole.all()) {
      const { name, by } = series;
      const block = { name, by, ...downsample(series, CURVE_BUCKETS) };
      const curve = encodeChunk({ attempt: this.#attempt.attempt, at: 0, blocks: [block] });
      curves.set(seriesKey(series), curve);
    }
    sealSeries(run.doc, { manifest, points }, curves, chunks);
    this.#chunks -= chunks;
    this.#unsealed.clear();
  }

  #write(act: (rooms: Rooms) => void | Promise<void>): void {
    this.#written = this.#written.then(async () => {
      try {
        await act(await this.#rooms);
      } catch (cause) {
        this.#failed ??= { cause };
      }
    });
  }
}
