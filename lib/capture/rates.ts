/**
 * Learning rates that change as a training goes on. Two traces of a step at different rates differ in the constants that
 * come of them; these are then read from memory that a program fills ahead of a run, so that a schedule takes one more proof
 * and no more.
 */
import { type BufferId, type Graph, fingerprint, resultsOf, writersOf } from "./graph.ts";
import type { Outside, Sign, Traced } from "./trace.ts";

export interface Rate {
  /** Its place among the step's optimizers. */
  readonly optimizer: number;
  readonly sign: Sign;
}

/** Constants of a traced step that are learning rates. */
export type Rates = ReadonlyMap<BufferId, Rate>;

/** As kernels read it. */
export function rateNumber(rate = NaN, sign: Sign): number {
  return Math.fround(sign * rate);
}

/** Those that are known and those that show; undefined where the traces differ in anything else. */
export function ratesBetween(before: Traced, after: Traced, known: Rates): Rates | undefined {
  const rates = new Map(known);
  const { buffers, commands } = after.graph;
  const [writers, results] = [writersOf(commands), resultsOf(after.graph)];
  for (const [id, { origin }] of before.graph.buffers.entries()) {
    const other = buffers[id]?.origin;
    if (origin.kind !== "constant" || other?.kind !== "constant") continue;
    if (writers.has(id) || results.has(id)) continue;
    const [value, changed] = [numberIn(origin.data), numberIn(other.data)];
    if (value === undefined || changed === undefined || Object.is(value, changed)) continue;
    const rate = rateOf([value, before], [changed, after]);
    if (rate) rates.set(id, rate);
  }
  const marked = [before, after].map((one) => fingerprint(withRates(one, rates).graph));
  return marked[0] === marked[1] ? rates : undefined;
}

function rateOf([value, before]: [number, Traced], [changed, after]: [number, Traced]) {
  const isOf = (at: number, [one, of]: [number, Traced], sign: Sign): boolean =>
    Object.is(one, rateNumber(of.rates[at], sign));
  for (const optimizer of before.rates.keys())
    for (const sign of [-1, 1] as const)
      if (isOf(optimizer, [value, before], sign) && isOf(optimizer, [changed, after], sign))
        return { optimizer, sign };
  return undefined;
}

/** The step with the constants of these rates read from outside it, each rate from one place. */
export function withRates(traced: Traced, rates: Rates): Traced {
  const outside: Outside[] = [...traced.outside];
  const placeOf = new Map<string, BufferId>();
  const instead = new Map<BufferId, BufferId>();
  const buffers = [...traced.graph.buffers];
  for (const [id, { optimizer: at, sign }] of rates) {
    const info = buffers[id];
    const optimizer = traced.optimizers[at];
    if (info?.origin.kind !== "constant" || !optimizer) continue;
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
