/**
 * All points of a run by series, as they are logged or read: what is sealed, charted and summed up.
 */
import { type Axis, type Block, type Points, downsample, seriesKey } from "./series.ts";

export interface Series extends Points {
  readonly name: string;
  readonly by: Axis;
}

/** Grows while a run goes on. */
export class SeriesLog {
  readonly #series = new Map<
    string,
    { name: string; by: Axis; steps: number[]; values: number[] }
  >();

  append(blocks: readonly Block[]): void {
    for (const { name, by, steps, values } of blocks) {
      const key = seriesKey({ name, by });
      let series = this.#series.get(key);
      if (!series) this.#series.set(key, (series = { name, by, steps: [], values: [] }));
      for (let i = 0; i < steps.length; i++) {
        series.steps.push(steps[i] ?? 0);
        series.values.push(values[i] ?? NaN);
      }
    }
  }

  clear(): void {
    this.#series.clear();
  }

  get points(): number {
    let points = 0;
    for (const { steps } of this.#series.values()) points += steps.length;
    return points;
  }

  /** In the order in which they first appeared. */
  all(): readonly Series[] {
    return [...this.#series.values()];
  }

  get(name: string, by: Axis): Series | undefined {
    return this.#series.get(seriesKey({ name, by }));
  }
}

/** The newest value of every metric; by epoch where it has one, for a single batch says little. */
export function lastValues(log: SeriesLog): Record<string, number> {
  const last: Record<string, number> = {};
  for (const by of ["batch", "step", "epoch"] as const)
    for (const series of log.all())
      if (series.by === by) last[series.name] = series.values.at(-1) ?? NaN;
  return last;
}

/** A few values of the loss, or of the first metric where there is no loss: its line in a list. */
export function sparkOf(log: SeriesLog): number[] {
  const order: readonly Axis[] = ["epoch", "step", "batch"];
  const candidates = ["val_loss", "loss"].flatMap((name) => order.map((by) => log.get(name, by)));
  const series = [...candidates, ...log.all()].find((one) => one && one.steps.length > 1);
  return series ? [...downsample(series, 15).values] : [];
}
