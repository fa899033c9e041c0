/**
 * Where a curve goes in its picture: scales, ticks, paths, and labels that keep clear of one another.
 * Positions are percent of the picture; knows nothing of Svelte or documents.
 */
import type { Points } from "../../lib/runs/series.ts";

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

const LOG_FROM = 100;
const MOST_TICKS = 5;

/**
 * The values' scale. Shares of one run from 0 to 1; what is never negative starts at 0; a loss that falls a
 * hundredfold, or one of several that are compared, is shown on a log scale.
 */
export function valueScale(curves: readonly Points[], metric: string, compared = false): Scale {
  let [min, max, least] = [Infinity, -Infinity, Infinity];
  for (const { values } of curves)
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value > 0 && value < least) least = value;
    }
  if (min > max) return { min: 0, max: 1, log: false };
  if (min >= 0 && max <= 1 && /accuracy|auc|precision|recall|f1/i.test(metric))
    return { min: 0, max: 1, log: false };
  const steep = max / min > LOG_FROM || (compared && max / min > 5);
  if (min > 0 && steep && /loss|error/i.test(metric))
    return { min: least / 1.15, max: max * 1.15, log: true };
  if (min >= 0) min = 0;
  if (max - min <= Math.abs(min) * 1e-9) max = min + Math.max(1, Math.abs(min) / 10);
  const step = tickStep(min, max);
  return {
    min: Math.min(min, Math.floor(min / step) * step),
    max: Math.max(max, Math.ceil(max / step) * step),
    log: false,
  };
}

function tickStep(min: number, max: number, wanted = 4): number {
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return step * power;
}

export interface Tick {
  readonly at: number;
  readonly words: string;
}

export function valueTicks(scale: Scale): Tick[] {
  if (scale.log) {
    const ticks: Tick[] = [];
    for (let e = Math.ceil(Math.log10(scale.min)); e <= Math.log10(scale.max); e++)
      ticks.push({ at: heightOf(scale, 10 ** e), words: tidy(10 ** e) });
    const each = Math.ceil(ticks.length / MOST_TICKS);
    if (ticks.length > 1) return ticks.filter((_, i) => i % each === 0);
    return [scale.min * 1.15, scale.max / 1.15].map((value) => ({
      at: heightOf(scale, value),
      words: tidy(value),
    }));
  }
  const step = tickStep(scale.min, scale.max);
  const count = Math.round((scale.max - scale.min) / step);
  return Array.from({ length: count + 1 }, (_, i) => {
    const value = scale.min + i * step;
    return { at: heightOf(scale, value), words: tidy(value) };
  });
}

function tidy(value: number): string {
  const exact = Number(value.toPrecision(3));
  const size = Math.abs(exact);
  if (size !== 0 && (size < 0.001 || size >= 1e5)) return exact.toExponential().replace("e+", "e");
  return String(exact);
}

/** Steps along the foot: whole numbers, the last with the word for what they count. */
export function stepTicks(from: number, to: number, word: string): Tick[] {
  if (to <= from) return [{ at: 0, words: `${word} ${to}` }];
  const step = Math.max(1, tickStep(from, to));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step)
    if (Number.isInteger(at))
      ticks.push({ at: acrossOf(from, to, at), words: at.toLocaleString("en") });
  if (from > 0 && ticks[0]?.at !== 0) ticks.unshift({ at: 0, words: from.toLocaleString("en") });
  const last = `${word} ${to.toLocaleString("en")}`;
  // In the narrowest figure a letter takes about 4 percent.
  const end = 100 - 4.2 * last.length;
  const clear = ticks.filter((tick, i) => tick.at < end && (i === 0 || tick.at > 12));
  return [...clear, { at: 100, words: last }];
}

/** Percent from the left. */
export function acrossOf(from: number, to: number, step: number): number {
  return to <= from ? 50 : round(((step - from) / (to - from)) * 100);
}

/** Percent from the top; what lies outside the scale is at its edge. */
export function heightOf(scale: Scale, value: number): number {
  const part = scale.log
    ? (Math.log(value) - Math.log(scale.min)) / (Math.log(scale.max) - Math.log(scale.min))
    : (value - scale.min) / (scale.max - scale.min);
  return round(100 - Math.min(1, Math.max(0, part)) * 100);
}

/** An svg path in a picture of 100 by 100, broken where a value is no number. */
export function pathOf(points: Points, from: number, to: number, scale: Scale): string {
  let path = "";
  let drawing = false;
  points.values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      drawing = false;
      return;
    }
    path += `${drawing ? "L" : "M"}${acrossOf(from, to, points.steps[i] ?? 0)} ${heightOf(scale, value)}`;
    drawing = true;
  });
  return path;
}

/** Moves labels apart so that none covers another: each at least `apart` from the one above it, all within 0 to 100. */
export function spread(heights: readonly number[], apart: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let lowest = -Infinity;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, lowest + apart);
    lowest = placed[i];
  }
  let highest = 100 + apart;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, highest - apart);
    highest = placed[i];
  }
  return placed.map(round);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
