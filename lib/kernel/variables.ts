/**
 * What a kernel holds after a cell has run, as the worker tells it: its names, its tensors, and the tensors that
 * earlier runs left behind. The worker runs anybody's code, so all of it is read with care and cut to size.
 */
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";

export interface Variable {
  readonly name: string;
  readonly cell: string;
  /** In words: "number", "array of 120 numbers", "table 344 × 8", "tensor". */
  readonly type: string;
  /** The value itself in a few letters; empty where the type says it all. */
  readonly preview: string;
  /** What it takes in memory, where that is known. */
  readonly bytes: number | null;
  readonly tensor: TensorFacts | null;
}

export interface TensorFacts {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Tensors that earlier runs of a cell made, that are not disposed and that no name leads to any more. */
export interface Leak {
  readonly cell: string;
  readonly tensors: number;
  readonly bytes: number;
  /** How many of its runs left some. */
  readonly runs: number;
}

export interface HeldValues {
  readonly variables: readonly Variable[];
  /** Names that are held as well and did not fit. */
  readonly more: number;
  /** As tf.memory() counts; null where nothing computes with tensors. */
  readonly memory: { readonly tensors: number; readonly bytes: number } | null;
  readonly leaks: readonly Leak[];
  /** False where there was too much to look through: then nothing counts as left behind. */
  readonly searched: boolean;
}

/** The type of what a package brings. */
export const IMPORTED = "imported";
export const MOST_VARIABLES = 1_000;
export const LONGEST_TYPE = 100;
export const LONGEST_PREVIEW = 120;
const MOST_LEAKS = 1_000;
const MOST_DIMENSIONS = 8;
const LONGEST_NAME = 200;

export const NOTHING_HELD: HeldValues = {
  variables: [],
  more: 0,
  memory: null,
  leaks: [],
  searched: true,
};

export function parseHeldValues(value: unknown): HeldValues {
  const held = asRecord(value);
  const memory = asRecord(held?.["memory"]);
  return {
    variables: asArray(held?.["variables"]).slice(0, MOST_VARIABLES).flatMap(parseVariable),
    more: amount(held?.["more"]),
    memory: memory ? { tensors: amount(memory["tensors"]), bytes: amount(memory["bytes"]) } : null,
    leaks: asArray(held?.["leaks"]).slice(0, MOST_LEAKS).flatMap(parseLeak),
    searched: held?.["searched"] !== false,
  };
}

function parseVariable(value: unknown): Variable[] {
  const variable = asRecord(value);
  const name = short(variable?.["name"], LONGEST_NAME);
  const cell = short(variable?.["cell"], LONGEST_NAME);
  if (!variable || name === "" || cell === "") return [];
  const bytes = variable["bytes"];
  return [
    {
      name,
      cell,
      type: short(variable["type"], LONGEST_TYPE),
      preview: short(variable["preview"], LONGEST_PREVIEW),
      bytes: typeof bytes === "number" ? amount(bytes) : null,
      tensor: parseTensor(variable["tensor"]),
    },
  ];
}

function parseTensor(value: unknown): TensorFacts | null {
  const tensor = asRecord(value);
  if (!tensor) return null;
  return {
    dtype: short(tensor["dtype"], 20),
    shape: asArray(tensor["shape"]).slice(0, MOST_DIMENSIONS).map(amount),
  };
}

function parseLeak(value: unknown): Leak[] {
  const leak = asRecord(value);
  const cell = short(leak?.["cell"], LONGEST_NAME);
  const tensors = amount(leak?.["tensors"]);
  if (!leak || cell === "" || tensors === 0) return [];
  return [{ cell, tensors, bytes: amount(leak["bytes"]), runs: amount(leak["runs"]) }];
}

function amount(value: unknown): number {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function short(value: unknown, length: number): string {
  return (asString(value) ?? "").slice(0, length);
}
