/**
 * What the worker tells the page about runs: the capability "runs". The worker runs a member's code, so every
 * message is parsed and bounded here. The worker numbers its runs itself, so that starting one needs no answer.
 */
import { AppError } from "../base/errors.ts";
import { type Json, asArray, asNumber, asRecord, asString } from "../base/json.ts";
import {
  type CheckpointFacts,
  type ModelSummary,
  type RunProgress,
  parseCheckpointFacts,
  parseModel,
  parseProgress,
} from "../document/runDoc.ts";
import type { RunEnd, RunParams } from "../document/runsDoc.ts";
import { type Axis, type Block, MAX_NAME } from "./series.ts";

export const RUNS = "runs";

export type RunRequest = { readonly run: number } & (
  | {
      readonly kind: "start";
      readonly name: string;
      readonly params: RunParams;
      readonly model: ModelSummary | undefined;
    }
  | {
      readonly kind: "describe";
      readonly params: RunParams;
      readonly tags: readonly string[];
      readonly model: ModelSummary | undefined;
    }
  | {
      readonly kind: "log";
      readonly blocks: readonly Block[];
      readonly progress: RunProgress | undefined;
      readonly console: string;
    }
  /** A checkpoint of the run. */
  | ({ readonly kind: "keep"; readonly bytes: Uint8Array<ArrayBuffer> } & CheckpointFacts)
  /** Asks what the cell goes on from: its `index`th run, or of what was kept its `fit`th fit. */
  | { readonly kind: "resume"; readonly index: number; readonly fit: number | null }
  | { readonly kind: "end"; readonly how: RunEnd["how"]; readonly why: string }
);

/** What a cell goes on from; null where there is nothing of that training. */
export type ResumeReply =
  | null
  | { readonly how: "continue"; readonly epochs: number; readonly batches: number }
  | {
      readonly how: "restore";
      readonly epochs: number;
      readonly batches: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

/** Thrown where the worker sent something that is no request of this capability. */
export type RunsFailure = { readonly code: "runs-request" };

/** No message carries more; far above what a flush collects. */
const MAX_POINTS = 65_536;
const MAX_BLOCKS = 64;
const MAX_PARAMS = 200;
const MAX_PARAM_TEXT = 2000;
const MAX_TAGS = 20;
const MAX_WORDS = 1000;
const MAX_CONSOLE = 64 * 1024;
export const MAX_CHECKPOINT = 512 * 1024 * 1024;

export function parseRunRequest(value: unknown): RunRequest {
  const record = asRecord(value) ?? {};
  const run = asNumber(record["run"]);
  if (run === undefined || !Number.isSafeInteger(run)) throw refused();
  switch (record["kind"]) {
    case "start": {
      const name = words(record["name"], MAX_NAME);
      const params = parseParams(record["params"]);
      return { kind: "start", run, name, params, model: parseModel(record["model"]) };
    }
    case "describe": {
      const given = asArray(record["tags"]).slice(0, MAX_TAGS);
      const tags = given.map((tag) => words(tag, 60).trim());
      return {
        kind: "describe",
        run,
        params: parseParams(record["params"]),
        tags: tags.filter((tag) => tag !== ""),
        model: parseModel(record["model"]),
      };
    }
    case "log":
      return {
        kind: "log",
        run,
        blocks: asArray(record["blocks"]).slice(0, MAX_BLOCKS).map(parseBlock),
        progress: parseProgress(record["progress"]),
        console: words(record["console"], MAX_CONSOLE),
      };
    case "keep": {
      const bytes = record["bytes"];
      if (!isBytes(bytes) || bytes.length > MAX_CHECKPOINT) throw refused();
      return { kind: "keep", run, bytes, ...parseCheckpointFacts(record) };
    }
    case "resume": {
      const { fit } = parseCheckpointFacts(record);
      return { kind: "resume", run, index: asNumber(record["index"]) ?? 0, fit };
    }
    case "end": {
      const how = record["how"];
      if (how !== "finished" && how !== "failed" && how !== "interrupted") throw refused();
      return { kind: "end", run, how, why: words(record["why"], MAX_WORDS) };
    }
    default:
      throw refused();
  }
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;
}

function refused(): AppError<RunsFailure> {
  return new AppError<RunsFailure>({ code: "runs-request" });
}

function words(value: unknown, longest: number): string {
  return (asString(value) ?? "").slice(0, longest);
}

/** Params as they are kept: JSON of a sensible length; what is not becomes text or is left out. */
function parseParams(value: unknown): RunParams {
  const params: Record<string, Json> = {};
  for (const [key, param] of Object.entries(asRecord(value) ?? {}).slice(0, MAX_PARAMS)) {
    const text = jsonText(param);
    if (text === undefined || key.length > MAX_NAME) continue;
    const fits = text.length <= MAX_PARAM_TEXT;
    params[key] = fits ? (JSON.parse(text) as Json) : `${text.slice(0, MAX_PARAM_TEXT)}…`;
  }
  return params;
}

function jsonText(value: unknown): string | undefined {
  // JSON has no NaN and no Infinity, and a learning rate of Infinity should be seen.
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // a circle, or a BigInt
  }
}

function parseBlock(value: unknown): Block {
  const record = asRecord(value) ?? {};
  const [name, by] = [asString(record["name"]), record["by"]];
  const [steps, values] = [numbers(record["steps"]), numbers(record["values"])];
  if (name === undefined || name === "" || name.length > MAX_NAME || !isAxis(by)) throw refused();
  if (steps.length !== values.length) throw refused();
  if (!steps.every((step) => Number.isSafeInteger(step) && step >= 0)) throw refused();
  return { name, by, steps, values };
}

function numbers(value: unknown): number[] {
  const given = asArray(value);
  // Looked at before it is walked: a list may be empty and four milliards long.
  if (given.length > MAX_POINTS) throw refused();
  return given.map((one) => (typeof one === "number" ? one : NaN));
}

function isAxis(value: unknown): value is Axis {
  return value === "batch" || value === "epoch" || value === "step";
}
