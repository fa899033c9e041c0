/** How runs and metrics are written for people. */
import type { Json } from "../../lib/base/json.ts";
import type { RunState } from "../../lib/runs/run.ts";
import type { Training } from "../../lib/runs/training.ts";
import type { MarkState } from "../ui/stateMark.ts";

/** Three figures that matter: "0.062", "12.3", "1,234", "3.1e-5"; "NaN" and "∞" are facts too. */
export function metricText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.001) return value.toExponential(1);
  if (size < 10) return value.toFixed(3);
  if (size < 100) return value.toFixed(1);
  return size < 1e6 ? Math.round(value).toLocaleString("en") : value.toExponential(2);
}

export function paramText(value: Json): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** "captured", or "TensorFlow.js as it is". */
export function trainingShort({ how }: Training): string {
  return how === "captured" ? "captured" : "TensorFlow.js as it is";
}

/** "TensorFlow.js as it is — it does not run on WebGPU": the reason, too, or the size of the program. */
export function trainingWords(training: Training): string {
  const short = trainingShort(training);
  return `${short} — ${training.about}`;
}

export function trainingTitle({ how }: Training): string {
  return how === "captured"
    ? "From a captured program: the same numbers as TensorFlow.js, faster"
    : "Not from a captured program; the numbers are the same";
}

const shortParams: Readonly<Record<string, string>> = {
  "learning rate": "rate",
  "batch size": "batch",
};

/** "rate" for "learning rate": for the head of a narrow column. */
export function paramShort(name: string): string {
  return shortParams[name] ?? name;
}

/** A name as it fits beside the end of a curve. */
export function shortLabel(label: string): string {
  return label.length <= 13 ? label : `${label.slice(0, 12).trimEnd()}…`;
}

const VALIDATION = "val_";

export function isValidation(metric: string): boolean {
  return metric.startsWith(VALIDATION);
}

/** The metric that training and validation share: "loss" for "val_loss". */
export function baseMetric(metric: string): string {
  return isValidation(metric) ? metric.slice(VALIDATION.length) : metric;
}

/** "validation loss" for "val_loss". */
export function metricWords(metric: string): string {
  return isValidation(metric) ? `validation ${baseMetric(metric)}` : metric;
}

/** "val. loss": for the head of a narrow column. */
export function metricShort(metric: string): string {
  return isValidation(metric) ? `val. ${baseMetric(metric)}` : metric;
}

/** Whether more is better: the best of a column is strong. */
export function moreIsBetter(metric: string): boolean {
  return /accuracy|auc|precision|recall|f1|score|r2/i.test(metric);
}

const marks: Readonly<Record<RunState, MarkState>> = {
  running: "running",
  finished: "done",
  failed: "error",
  interrupted: "stale",
  "cut off": "stale",
};

export function markOfRun(state: RunState): MarkState {
  return marks[state];
}
