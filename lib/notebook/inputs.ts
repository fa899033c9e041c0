/**
 * What an output came from: the code of its cell and of all cells above it in the graph, the seed, and the
 * versions of the data they read. Equal inputs, equal output; what differs is why an output is stale.
 */
import { digestText } from "../base/digest.ts";
import { type CellId, type Digest, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import {
  type GivenParams,
  MOST_PARAMS,
  type ParamControl,
  type ParamValue,
  givenOf,
  plainValue,
  valueOf,
} from "../kernel/params.ts";

export interface Inputs {
  readonly seed: number;
  /** Every cell whose code led to it in the order in which they ran, itself last. */
  readonly sources: readonly { readonly cell: CellId; readonly code: CodeDigest }[];
  readonly datasets: readonly DatasetInput[];
  readonly params: readonly ParamInput[];
  /** The cells among them that trained on with what was there, and how often: from the beginning their code gives less. */
  readonly continued?: readonly Continued[];
}

export interface Continued {
  readonly cell: CellId;
  readonly times: number;
}

export interface DatasetInput {
  readonly name: string;
  readonly digest: Digest;
  /** The code asks for this version, and not for the newest. */
  readonly pinned: boolean;
}

export interface ParamInput {
  readonly name: string;
  readonly value: ParamValue;
  /** It stood at its initial value. */
  readonly initial: boolean;
  /** In the tab that ran it alone. */
  readonly private: boolean;
  /** What was set and is no value of the control. */
  readonly refused: ParamValue | null;
}

/** Enough of a digest to tell a cell's codes apart. */
export type CodeDigest = string & { readonly __code: true };

/** What there is now, to compare with. */
export interface Now {
  readonly seed: number;
  code(cell: CellId): CodeDigest | undefined;
  disabled(cell: CellId): boolean;
  dataset(name: string): Digest | undefined;
  readonly params: GivenParams;
  /** The cells that this one needs, itself left out; undefined while that is not known. */
  upstream(cell: CellId): readonly CellId[] | undefined;
  /** How often the cell has trained on since it trained from the beginning. */
  continued(cell: CellId): number;
}

/** Why an output is stale: what has changed since. */
export type StaleSince =
  | { readonly kind: "code" }
  | { readonly kind: "cell"; readonly cell: CellId }
  | { readonly kind: "data"; readonly dataset: string }
  | { readonly kind: "param"; readonly param: string }
  | { readonly kind: "seed" }
  /** A cell that it was made from is disabled now. */
  | { readonly kind: "disabled"; readonly cell: CellId }
  /** A cell above has trained on, or from the beginning again. */
  | { readonly kind: "trained"; readonly cell: CellId }
  /** The run that made it never came to its end. */
  | { readonly kind: "cut-off" };

const CODE_DIGITS = 16;
const PIN_DIGITS = 6;
const MOST_SOURCES = 2000;
const MOST_DATASETS = 200;

/** White space around it says nothing. */
export function digestCode(source: string): CodeDigest {
  return digestText(source.trim()).slice(0, CODE_DIGITS) as CodeDigest;
}

/** One name for all of it. */
export function digestInputs(inputs: Inputs): Digest {
  const { seed, sources, datasets, params, continued = [] } = inputs;
  return digestText(
    JSON.stringify([
      seed,
      sources.map(({ cell, code }) => [cell, code]),
      datasets.map(({ name, digest }) => [name, digest]).sort(),
      ...(params.length > 0 ? [params.map(({ name, value }) => [name, value]).sort()] : []),
      ...(continued.length > 0 ? [continued.map(({ cell, times }) => [cell, times])] : []),
    ]),
  );
}

/** Code pins a version by the first digits of its digest: then a newer one changes nothing. */
export function isPinned(digest: Digest, current: Digest | undefined, source: string): boolean {
  return digest !== current || source.includes(digest.slice(0, PIN_DIGITS));
}

/** What a run that asks for this control is made from. */
export function paramInput(control: ParamControl, given: GivenParams): ParamInput {
  const { name, private: own } = control;
  const value = valueOf(control, given);
  const set = givenOf(control, given);
  const refused = set === undefined || set === value ? null : set;
  return { name, value, initial: value === control.initial, private: own, refused };
}

/** Whether the control still gives the value that it gave. */
function stands(param: ParamInput, given: GivenParams): boolean {
  const set = givenOf(param, given);
  return set === undefined ? param.initial : set === param.value || set === param.refused;
}

/** Without what stays in the tab that ran it: what others judge an output by. */
export function sharedInputs(inputs: Inputs): Inputs {
  if (!inputs.params.some((one) => one.private)) return inputs;
  return { ...inputs, params: inputs.params.filter((one) => !one.private) };
}

/** What has changed since, nearest first: its own code, what it is made of, the cells above it, the seed. */
export function changedSince(cell: CellId, inputs: Inputs, now: Now): StaleSince | undefined {
  const own = inputs.sources.find((one) => one.cell === cell);
  if (own?.code !== now.code(cell)) return { kind: "code" };
  const off = inputs.sources.find((one) => one.cell !== cell && now.disabled(one.cell));
  if (off) return { kind: "disabled", cell: off.cell };
  const changed = inputs.sources.find((one) => one.code !== now.code(one.cell));
  if (changed) return { kind: "cell", cell: changed.cell };
  const upstream = now.upstream(cell);
  if (upstream) {
    const known = new Set(inputs.sources.map((one) => one.cell));
    const added = upstream.find((one) => !known.has(one));
    if (added !== undefined) return { kind: "cell", cell: added };
    const needed = new Set([cell, ...upstream]);
    const left = inputs.sources.find((one) => !needed.has(one.cell));
    if (left) return { kind: "cell", cell: left.cell };
  }
  const trained = inputs.sources.find(
    (one) => one.cell !== cell && timesContinued(inputs, one.cell) !== now.continued(one.cell),
  );
  if (trained) return { kind: "trained", cell: trained.cell };
  const newer = inputs.datasets.find(
    ({ name, digest, pinned }) => !pinned && now.dataset(name) !== digest,
  );
  if (newer) return { kind: "data", dataset: newer.name };
  const moved = inputs.params.find((one) => !stands(one, now.params));
  if (moved) return { kind: "param", param: moved.name };
  return inputs.seed === now.seed ? undefined : { kind: "seed" };
}

export function timesContinued(inputs: Inputs | undefined, cell: CellId): number {
  return inputs?.continued?.find((one) => one.cell === cell)?.times ?? 0;
}

/** Joins what several cells came from, each source and dataset once, the first of them first. */
export function joinInputs(seed: number, parts: readonly Omit<Inputs, "seed">[]): Inputs {
  const sources = new Map(
    parts.flatMap((part) => part.sources.map((one) => [one.cell, one] as const)),
  );
  const datasets = new Map(
    parts.flatMap((part) =>
      part.datasets.map((one) => [`${one.name} ${one.digest}`, one] as const),
    ),
  );
  const params = new Map(
    parts.flatMap((part) =>
      part.params.map((one) => [`${one.name} ${String(one.private)}`, one] as const),
    ),
  );
  const continued = new Map(
    parts.flatMap((part) => (part.continued ?? []).map((one) => [one.cell, one] as const)),
  );
  return {
    seed,
    sources: [...sources.values()],
    datasets: [...datasets.values()],
    params: [...params.values()],
    ...(continued.size > 0 ? { continued: [...continued.values()] } : {}),
  };
}

/** From a document that anybody may have written; undefined where it makes no sense. */
export function parseInputs(value: unknown): Inputs | undefined {
  const inputs = asRecord(value);
  const seed = inputs?.["seed"];
  if (!inputs || typeof seed !== "number") return undefined;
  return {
    seed,
    sources: asArray(inputs["sources"])
      .slice(0, MOST_SOURCES)
      .flatMap((one) => {
        const source = asRecord(one);
        const cell = asString(source?.["cell"]);
        const code = asString(source?.["code"]);
        if (cell === undefined || code === undefined) return [];
        return [{ cell: cell as CellId, code: code as CodeDigest }];
      }),
    datasets: asArray(inputs["datasets"])
      .slice(0, MOST_DATASETS)
      .flatMap((one) => {
        const dataset = asRecord(one);
        const name = asString(dataset?.["name"]);
        const digest = asString(dataset?.["digest"]);
        if (name === undefined || digest === undefined || !isDigest(digest)) return [];
        return [{ name, digest, pinned: dataset?.["pinned"] === true }];
      }),
    params: asArray(inputs["params"]).slice(0, MOST_PARAMS).flatMap(parseParam),
    ...parseContinued(inputs["continued"]),
  };
}

function parseParam(value: unknown): ParamInput[] {
  const param = asRecord(value);
  const name = asString(param?.["name"]);
  const at = plainValue(param?.["value"]);
  if (!param || name === undefined || at === undefined) return [];
  const refused = plainValue(param["refused"]) ?? null;
  const [initial, own] = [param["initial"] === true, param["private"] === true];
  return [{ name, value: at, initial, private: own, refused }];
}

function parseContinued(value: unknown): Pick<Inputs, "continued"> {
  const continued = asArray(value)
    .slice(0, MOST_SOURCES)
    .flatMap((one) => {
      const [cell, times] = [asString(asRecord(one)?.["cell"]), asNumber(asRecord(one)?.["times"])];
      if (cell === undefined || times === undefined || !(times > 0)) return [];
      return [{ cell: cell as CellId, times }];
    });
  return continued.length > 0 ? { continued } : {};
}
