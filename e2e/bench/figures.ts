/** What a benchmark found, in numbers: two sides taken in turns, their medians, their spread, their ratio. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../bench-results");

/** How often each side is taken: as the benchmark says, or fewer for a quick try with BENCH_ROUNDS. */
export function roundsOf(usual: number): number {
  return Number(process.env["BENCH_ROUNDS"] ?? usual);
}

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly all: readonly number[];
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  const median = sorted.length % 2 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
  return { median, lowest: sorted[0] ?? NaN, highest: sorted.at(-1) ?? NaN, all: values };
}

/** The value below which this part of them lies, counted up: of a hundred, the 99th is p99. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

/** Both sides `rounds` times, the one that goes first changing each time. */
export async function inTurns(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: Spread; theirs: Spread; ratio: number }> {
  const [mine, other]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0;
    if (first) mine.push(await ours());
    other.push(await theirs());
    if (!first) mine.push(await ours());
  }
  const [a, b] = [spread(mine), spread(other)];
  return { ours: a, theirs: b, ratio: a.median / b.median };
}

/** Prints one figure against what it must reach, and says whether it does. */
export function reached(what: string, value: number, most: number, unit = ""): boolean {
  const ok = value <= most;
  const isSmall = value > 0 && value < 0.001;
  const said = isSmall ? value.toExponential(1) : value.toFixed(value >= 100 ? 0 : 3);
  console.log(`  ${ok ? "reached" : "MISSED "}  ${what}: ${said}${unit} (at most ${most}${unit})`);
  return ok;
}

export function described({ median, lowest, highest }: Spread, unit = "ms"): string {
  return `${median.toFixed(1)} ${unit} (${lowest.toFixed(1)} to ${highest.toFixed(1)})`;
}

export async function record(name: string, figures: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version };
  const text = JSON.stringify({ name, at: new Date().toISOString(), machine, ...figures }, null, 2);
  await writeFile(join(folder, `${name}.json`), `${text}\n`);
}
