/**
 * The shape of the room "runs", and the only file that names its keys: one small row for each run.
 *
 *   runs: Y.Map<RunId, Y.Map { number, name, notebook, …, live, "tag/<word>", deleted }>
 *
 * Written at a run's start, at its end and at most every 10 s between, so that a list is drawn from this
 * one room. Deleting sets a flag. `number` is for people's eyes only: two members offline may both make "run 4".
 */
import * as Y from "yjs";
import type { CellId, MemberId, NotebookId, RunId } from "../base/ids.ts";
import { type Json, asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { edit } from "./edit.ts";
import { type RunInputs, type RunProgress, parseDatasetRefs, parseProgress } from "./runDoc.ts";

export interface RunRow extends RunStart {
  readonly id: RunId;
  /** "" for a run that goes by its number. */
  readonly name: string;
  readonly end: RunEnd | undefined;
  readonly params: RunParams;
  readonly tags: readonly string[];
  readonly live: RunLive;
}

/** What is known when a run starts, and never changes. */
export interface RunStart {
  readonly number: number;
  readonly notebook: NotebookId;
  readonly cell: CellId;
  readonly by: MemberId;
  readonly byName: string;
  /** In words: "WebGPU, Apple M3 Pro". */
  readonly device: string;
  readonly startedAt: number;
  readonly datasets: RunInputs["datasets"];
  readonly attempt: RunAttempt;
}

/**
 * A run that goes on from another is a further attempt: from a checkpoint of it, or without one where it trained on
 * with what was in the kernel. Its curves begin where those of its parent are then, `fromStep` epochs or steps in.
 */
export interface RunAttempt {
  readonly attempt: number;
  readonly parentCheckpoint: string | undefined;
  readonly fromStep: number;
  readonly parent?: RunId | undefined;
  readonly fromBatch?: number | undefined;
}

export interface RunEnd {
  readonly how: "finished" | "failed" | "interrupted";
  readonly at: number;
  /** Why it failed; "" otherwise. */
  readonly why: string;
}

export type RunParams = Readonly<Record<string, Json>>;

/** What changes while it trains, replaced as one value. */
export interface RunLive {
  /** The heartbeat, by the clock of the tab that trains. */
  readonly beatAt: number;
  readonly progress: RunProgress | undefined;
  /** The newest value of each metric, by epoch where there is one. */
  readonly last: Readonly<Record<string, number>>;
  /** A few values of its loss, for the line in the list. */
  readonly spark: readonly number[];
}

const SPARK_POINTS = 64;
const FIELDS = 200;
const TAG = "tag/";

export const runsRoots = {
  runs: (doc: Y.Doc): Y.Map<Y.Map<unknown>> => doc.getMap("runs"),
};

export function putRun(
  doc: Y.Doc,
  id: RunId,
  start: RunStart,
  shown: Pick<RunRow, "name" | "params" | "live">,
): void {
  edit(doc, "startRun", () => {
    const map = new Y.Map<unknown>();
    for (const [key, value] of Object.entries({ ...start, ...shown })) map.set(key, value);
    runsRoots.runs(doc).set(id, map);
  });
}

export function putLive(doc: Y.Doc, id: RunId, live: RunLive): void {
  change(doc, "logRun", id, (row) => row.set("live", live));
}

export function putEnd(doc: Y.Doc, id: RunId, end: RunEnd, live: RunLive): void {
  change(doc, "endRun", id, (row) => {
    row.set("end", end);
    row.set("live", live);
  });
}

/** Params are write-once: one that is there stays as it is, unless it is one of `yielding`. */
export function addParams(
  doc: Y.Doc,
  id: RunId,
  params: RunParams,
  yielding: ReadonlySet<string> = new Set(),
): void {
  change(doc, "addParams", id, (row) => {
    const present = parseParams(row.get("params"));
    const added = Object.entries(params).filter(
      ([name]) => !Object.hasOwn(present, name) || yielding.has(name),
    );
    if (added.length > 0) row.set("params", { ...present, ...Object.fromEntries(added) });
  });
}

export function putAttempt(doc: Y.Doc, id: RunId, attempt: RunAttempt): void {
  change(doc, "resumeRun", id, (row) => row.set("attempt", attempt));
}

export function putDatasets(doc: Y.Doc, id: RunId, datasets: RunInputs["datasets"]): void {
  change(doc, "readDatasets", id, (row) => row.set("datasets", datasets));
}

export function renameRun(doc: Y.Doc, id: RunId, name: string): void {
  change(doc, "renameRun", id, (row) => row.set("name", name));
}

export function setTag(doc: Y.Doc, id: RunId, tag: string, on: boolean): void {
  change(doc, "setTag", id, (row) => row.set(TAG + tag, on));
}

export function deleteRun(doc: Y.Doc, id: RunId): void {
  change(doc, "deleteRun", id, (row) => row.set("deleted", true));
}

export function restoreRun(doc: Y.Doc, id: RunId): void {
  change(doc, "restoreRun", id, (row) => row.delete("deleted"));
}

function change(doc: Y.Doc, name: string, id: RunId, act: (row: Y.Map<unknown>) => void): void {
  const row = runsRoots.runs(doc).get(id);
  if (row instanceof Y.Map) edit(doc, name, () => act(row));
}

/** The number that a new run gets: one more than any that is known here, deleted ones included. */
export function nextRunNumber(doc: Y.Doc): number {
  let highest = 0;
  for (const row of runsRoots.runs(doc).values())
    if (row instanceof Y.Map) highest = Math.max(highest, asNumber(row.get("number")) ?? 0);
  return Math.floor(highest) + 1;
}

/** Newest first; the id breaks ties so that everybody sees one order. */
export function listRuns(doc: Y.Doc): RunRow[] {
  const rows: RunRow[] = [];
  for (const id of runsRoots.runs(doc).keys()) {
    const row = readRun(doc, id as RunId);
    if (row) rows.push(row);
  }
  return rows.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
}

/** The run's row, or undefined where there is none or it was deleted. */
export function readRun(doc: Y.Doc, id: RunId): RunRow | undefined {
  const row = runsRoots.runs(doc).get(id);
  if (!(row instanceof Y.Map) || row.get("deleted") === true) return undefined;
  const startedAt = asNumber(row.get("startedAt"));
  if (startedAt === undefined) return undefined;
  return {
    id,
    number: asNumber(row.get("number")) ?? 0,
    name: (asString(row.get("name")) ?? "").slice(0, FIELDS),
    notebook: (asString(row.get("notebook")) ?? "") as NotebookId,
    cell: (asString(row.get("cell")) ?? "") as CellId,
    by: (asString(row.get("by")) ?? "") as MemberId,
    byName: asString(row.get("byName")) ?? "",
    device: asString(row.get("device")) ?? "",
    startedAt,
    datasets: parseDatasetRefs(row.get("datasets")),
    attempt: parseAttempt(row.get("attempt")),
    end: parseEnd(row.get("end")),
    params: parseParams(row.get("params")),
    tags: [...row.keys()]
      .filter((key) => key.startsWith(TAG) && row.get(key) === true)
      .map((key) => key.slice(TAG.length)),
    live: parseLive(row.get("live"), startedAt),
  };
}

function parseAttempt(value: unknown): RunAttempt {
  const record = asRecord(value);
  return {
    attempt: asNumber(record?.["attempt"]) ?? 1,
    parentCheckpoint: asString(record?.["parentCheckpoint"]),
    fromStep: asNumber(record?.["fromStep"]) ?? 0,
    parent: asString(record?.["parent"]) as RunId | undefined,
    fromBatch: asNumber(record?.["fromBatch"]),
  };
}

function parseEnd(value: unknown): RunEnd | undefined {
  const record = asRecord(value);
  const [how, at] = [record?.["how"], asNumber(record?.["at"])];
  if (at === undefined) return undefined;
  if (how !== "finished" && how !== "failed" && how !== "interrupted") return undefined;
  return { how, at, why: asString(record?.["why"]) ?? "" };
}

function parseParams(value: unknown): RunParams {
  const entries = Object.entries(asRecord(value) ?? {}).slice(0, FIELDS);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => isJson(entry[1])));
}

function isJson(value: unknown): value is Json {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isJson);
  const record = value instanceof Uint8Array ? undefined : asRecord(value);
  return record !== undefined && Object.values(record).every(isJson);
}

function parseLive(value: unknown, startedAt: number): RunLive {
  const record = asRecord(value);
  const last = Object.entries(asRecord(record?.["last"]) ?? {}).slice(0, FIELDS);
  return {
    beatAt: asNumber(record?.["beatAt"]) ?? startedAt,
    progress: parseProgress(record?.["progress"]),
    last: Object.fromEntries(
      last.filter((one): one is [string, number] => typeof one[1] === "number"),
    ),
    spark: asArray(record?.["spark"])
      .filter((one): one is number => typeof one === "number")
      .slice(0, SPARK_POINTS),
  };
}
