/**
 * The places of a slider: whole numbers from 0, each with a value of its control. A log slider has equal factors
 * between its places, a linear one equal steps; values are round, as people would say them.
 */
import type { ParamControl } from "./params.ts";

export type NumberControl = ParamControl & { readonly kind: "number" };
export type SliderControl = NumberControl & { readonly min: number; readonly max: number };

const PLACES = 200;
const MOST_PLACES = 10_000;
const DIGITS = 3;

/** A number with both bounds is a slider; any other is typed. */
export function isSlider(control: ParamControl): control is SliderControl {
  return control.kind === "number" && control.min !== null && control.max !== null;
}

/** The last place; the first is 0. */
export function lastPlace(control: SliderControl): number {
  if (control.step === null || control.scale === "log") return PLACES;
  const steps = Math.floor((control.max - control.min) / control.step + 1e-9);
  return Math.max(1, Math.min(MOST_PLACES, steps));
}

export function valueAt(control: SliderControl, place: number): number {
  const { min, max, step } = control;
  const last = lastPlace(control);
  const part = Math.min(1, Math.max(0, place / last));
  if (part === 0) return min;
  if (step !== null) return onStep(control, rawAt(control, part));
  return part === 1 ? max : clamp(control, rounded(rawAt(control, part), (max - min) / PLACES));
}

/** The place nearest to a value. */
export function placeOf(control: SliderControl, value: number): number {
  const { min, max, scale } = control;
  const part =
    scale === "log" ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(Math.min(1, Math.max(0, part)) * lastPlace(control));
}

function rawAt({ min, max, scale }: SliderControl, part: number): number {
  return scale === "log" ? min * (max / min) ** part : min + part * (max - min);
}

function onStep(control: SliderControl, value: number): number {
  const { min, max, step } = control;
  const unit = step ?? 1;
  const most = Math.floor((max - min) / unit + 1e-9);
  const steps = Math.min(most, Math.max(0, Math.round((value - min) / unit)));
  // 0.1 + 2 * 0.1 should be 0.3.
  return Number((min + steps * unit).toPrecision(12));
}

/** Three digits are enough, unless the slider's steps are finer than that. */
function rounded(value: number, stride: number): number {
  const short = Number(value.toPrecision(DIGITS));
  if (Math.abs(short - value) <= stride / 2) return short;
  const decimals = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(stride))));
  return Number(value.toFixed(decimals));
}

function clamp({ min, max }: SliderControl, value: number): number {
  return Math.min(max, Math.max(min, value));
}
