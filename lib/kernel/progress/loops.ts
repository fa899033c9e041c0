/** How far loops within loops are, in words and as a part of the whole: pure, from counts and a clock. */
import type { CellProgress } from "../capability.ts";

/** One `progress(…)` that is being gone through. */
export interface Loop {
  readonly label: string;
  /** Undefined where nothing says how many there are. */
  readonly total: number | undefined;
  readonly startedAt: number;
  /** How many are behind it; the next one is being worked on. */
  readonly done: number;
}

/** What a loop tells of itself, and how much of the whole the item is that it works on. */
export interface LoopProgress extends CellProgress {
  readonly step: number;
}

/** `loops`: the outermost first; at least one. */
export function loopProgress(loops: readonly Loop[], now: number): LoopProgress {
  const [outermost] = loops;
  const fraction = partOf(loops);
  const spoken = loops.length > 2 ? [loops[0], loops.at(-1)] : loops;
  const label = spoken.map((loop) => (loop ? wordsOf(loop) : "")).join(" · ");
  const leftMs =
    outermost && fraction !== undefined ? left(fraction, now - outermost.startedAt) : null;
  return {
    label,
    fraction: fraction ?? 0,
    leftMs,
    ...(fraction === undefined ? { open: true as const } : {}),
    step: stepOf(loops),
  };
}

/** A loop of another kind, such as a training's, within the item that these work on. */
export function nestProgress(outer: LoopProgress, inner: CellProgress): CellProgress {
  const label = `${outer.label} · ${inner.label}`;
  if (outer.open) return { ...inner, label };
  const within = inner.open ? 0 : Math.min(1, Math.max(0, inner.fraction));
  return {
    label,
    fraction: Math.min(1, outer.fraction + outer.step * within),
    leftMs: outer.leftMs,
  };
}

function partOf(loops: readonly Loop[]): number | undefined {
  const [first, ...rest] = loops;
  if (first?.total === undefined) return undefined;
  if (first.total === 0) return 1;
  return Math.min(1, (first.done + (partOf(rest) ?? 0)) / first.total);
}

function stepOf(loops: readonly Loop[]): number {
  return loops.reduce(
    (part, { total }) => (total === undefined ? 0 : part / Math.max(1, total)),
    1,
  );
}

function wordsOf({ label, total, done }: Loop): string {
  const lead = label === "" ? "" : `${label} `;
  if (total === undefined) return `${lead}${said(done)} so far`;
  return `${lead}${said(Math.min(total, done + 1))} of ${said(total)}`;
}

function said(count: number): string {
  return count.toLocaleString("en");
}

function left(fraction: number, since: number): number | null {
  return fraction > 0 && since > 0 ? (since * (1 - fraction)) / fraction : null;
}
