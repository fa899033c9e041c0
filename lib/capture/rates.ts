/**
 * Learning rates that change as a training goes on. Traced once more with another rate, a step shows which of its constants
 * are the rate; these are then read from memory that a program fills ahead of a run, so that a schedule takes one more
 * proof and no more.
 */
import { type BufferId, type Graph, fingerprint, resultsOf, writersOf } from "./graph.ts";
import type { OptimizerState } from "./internals.ts";
import type { Outside, Sign, Traced } from "./trace.ts";

export interface Rate {
  /** The place of its optimizer among the step's. */
  readonly at: number;
  readonly sign: Sign;
}

/** Constants of a traced step that are learning rates. */
export type Rates = ReadonlyMap<BufferId, Rate>;

/** What is known of the rates of a step. */
export interface KnownRates {
  readonly rates: Rates;
  /** Places of the optimizers whose rate the step reads nowhere else. */
  readonly followed: ReadonlySet<number>;
  /** Of the step with its rates read from outside it. */
  readonly fingerprint: string;
}

/** As kernels read it. */
export function rateNumber(rate: number | undefined, sign: Sign): number {
  return Math.fround(sign * (rate ?? NaN));
}

/** Any other rate than the one that is there: it is traced with, never computed with. */
function otherRate(rate: number): number {
  return Number.isFinite(rate) ? rate * 0.73 + 0.0123 : 0.0123;
}

/** `again` traces the step once more; undefined where that cannot be. */
export function ratesIn(traced: Traced, again: () => Traced | undefined): KnownRates {
  const rates = new Map<BufferId, Rate>();
  const followed = new Set<number>();
  for (const [at, optimizer] of traced.optimizers.entries()) {
    const probed = withRate(optimizer, otherRate(traced.rates[at] ?? NaN), again);
    const found = probed && ratesBetween(traced, probed, at);
    if (!found) continue;
    followed.add(at);
    for (const [id, sign] of found) rates.set(id, { at, sign });
  }
  return { rates, followed, fingerprint: fingerprint(withRates(traced, rates).graph) };
}

function withRate(
  optimizer: OptimizerState,
  rate: number,
  what: () => Traced | undefined,
): Traced | undefined {
  const { learningRate } = optimizer;
  if (typeof learningRate !== "number") return undefined;
  // A cell's own optimizer may have one that is only read.
  if (!Reflect.set(optimizer, "learningRate", rate)) return undefined;
  try {
    return what();
  } finally {
    Reflect.set(optimizer, "learningRate", learningRate);
  }
}

/** The constants that are the rate at this place, with their signs; undefined where the traces differ in anything else. */
function ratesBetween(one: Traced, other: Traced, at: number): Map<BufferId, Sign> | undefined {
  const found = new Map<BufferId, Sign>();
  for (const [id, { origin }] of one.graph.buffers.entries()) {
    const otherOrigin = other.graph.buffers[id]?.origin;
    if (origin.kind !== "constant" || otherOrigin?.kind !== "constant") continue;
    const [value, changed] = [numberIn(origin.data), numberIn(otherOrigin.data)];
    if (value === undefined || changed === undefined || Object.is(value, changed)) continue;
    const sign = ([-1, 1] as const).find(
      (each) =>
        Object.is(value, rateNumber(one.rates[at], each)) &&
        Object.is(changed, rateNumber(other.rates[at], each)),
    );
    if (sign) found.set(id, sign);
  }
  const rates = new Map([...found].map(([id, sign]) => [id, { at, sign }]));
  const [marked, again] = [one, other].map((each) => fingerprint(withRates(each, rates).graph));
  return marked === again ? found : undefined;
}

/** The step with the constants of these rates read from outside it, each rate from one place. */
export function withRates(traced: Traced, rates: Rates): Traced {
  const outside: Outside[] = [...traced.outside];
  const placeOf = new Map<string, BufferId>();
  const instead = new Map<BufferId, BufferId>();
  const buffers = [...traced.graph.buffers];
  const [writers, results] = [writersOf(traced.graph.commands), resultsOf(traced.graph)];
  for (const [id, { at, sign }] of rates) {
    const info = buffers[id];
    const optimizer = traced.optimizers[at];
    if (info?.origin.kind !== "constant" || !optimizer) continue;
    if (writers.has(id) || results.has(id)) continue;
    if (!Object.is(numberIn(info.origin.data), rateNumber(traced.rates[at], sign))) continue;
    const place = placeOf.get(`${at},${sign}`) ?? id;
    placeOf.set(`${at},${sign}`, place);
    instead.set(id, place);
    if (place !== id) {
      buffers[id] = { ...info, origin: { kind: "computed" } };
      continue;
    }
    const number = outside.push({ kind: "rate", optimizer, sign }) - 1;
    buffers[id] = { ...info, origin: { kind: "outside", outside: number } };
  }
  if (instead.size === 0) return traced;
  const commands = traced.graph.commands.map((command) => ({
    ...command,
    inputs: command.inputs.map((id) => instead.get(id) ?? id),
  }));
  const graph: Graph = { ...traced.graph, buffers, commands };
  return { ...traced, graph, outside };
}

/** Undefined where it is not one number of four bytes. */
function numberIn({ byteLength, buffer, byteOffset }: Uint8Array): number | undefined {
  return byteLength === 4 ? new DataView(buffer, byteOffset).getFloat32(0, true) : undefined;
}
