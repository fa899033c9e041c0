/** From a run's series to the figures that show them: one for each metric, training and validation together. */
import type { RunRow } from "../../lib/document/runsDoc.ts";
import type { Axis, Points } from "../../lib/runs/series.ts";
import type { Series } from "../../lib/runs/seriesLog.ts";
import { baseMetric, isValidation } from "./words.ts";

export interface Curve {
  readonly key: string;
  readonly label: string;
  /** "c1" to "c4": styles/charts.css. */
  readonly colour: string;
  readonly dashed: boolean;
  readonly live: boolean;
  readonly points: Points;
}

export interface MetricFigureData {
  readonly metric: string;
  readonly curves: readonly Curve[];
}

/** The axes that a run has series for; epochs first, since they are what people compare. */
export function axesOf(series: readonly Series[]): Axis[] {
  const order: readonly Axis[] = ["epoch", "batch", "step"];
  return order.filter((by) => series.some((one) => one.by === by));
}

/** A figure for each metric that was logged along this axis. */
export function figuresOf(series: readonly Series[], by: Axis, live: boolean): MetricFigureData[] {
  const figures = new Map<string, Curve[]>();
  for (const one of series) {
    if (one.by !== by) continue;
    const validation = isValidation(one.name);
    const curves = figures.get(baseMetric(one.name)) ?? [];
    figures.set(baseMetric(one.name), curves);
    curves.push({
      key: one.name,
      label: validation ? "validation" : by === "step" ? "now" : "training",
      colour: validation ? "c2" : "c1",
      dashed: validation,
      live,
      points: { steps: one.steps, values: one.values },
    });
  }
  return [...figures].map(([metric, curves]) => ({
    metric,
    curves: curves.sort((a, b) => Number(a.dashed) - Number(b.dashed)),
  }));
}

/** Where the axis of a run ends: known from its params for a fit, else where it is now. */
export function axisEnd({ params, attempt }: Pick<RunRow, "params" | "attempt">, by: Axis): number {
  // What trained on did its epochs after those of the run before it.
  const continued = attempt.parent !== undefined && attempt.parentCheckpoint === undefined;
  const epochs = numberOf(params["epochs"]) + (continued ? attempt.fromStep : 0);
  if (by === "epoch") return epochs;
  return by === "batch" ? epochs * numberOf(params["batches per epoch"]) : 0;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
