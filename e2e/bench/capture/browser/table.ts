/** What the turns of a model came to in a browser, printed, and held against what it must reach. */
import { type Spread, described, reached, spread } from "../../figures.ts";
import { type Model, type ModelId, models } from "../models.ts";
import { type Fit, type Kernels, SIDES, type Turn } from "./task.ts";

const NAMES = { bare: "bare worker", cell: "cell" } as const;

interface Summary {
  readonly steps: readonly number[];
  readonly dispatches: Spread;
  readonly workerUs: Spread;
  readonly mainUs: Spread;
  readonly gpuUs: Spread;
  readonly wallUs: Spread;
}

export interface Compared {
  readonly sides: Readonly<Record<keyof Turn, Summary>>;
  /** Of the cell to the bare worker, by the median: CPU of worker and main thread together, and wall. */
  readonly ratios: Readonly<Record<"cpu" | "wall", number>>;
  /** The largest between both sides in the last loss. */
  readonly lossDifference: number;
  /** Turns after which not all weights were equal to the bit. */
  readonly turnsApart: number;
}

export function compared(turns: readonly Turn[]): Compared {
  const [bare, cell] = [turns.map((turn) => turn.bare), turns.map((turn) => turn.cell)];
  const cpu = (fits: readonly Fit[]): number =>
    spread(fits.map(({ workerUs, mainUs }) => workerUs + mainUs)).median;
  const sides = { bare: summed(bare), cell: summed(cell) };
  return {
    sides,
    ratios: {
      cpu: cpu(cell) / cpu(bare),
      wall: sides.cell.wallUs.median / sides.bare.wallUs.median,
    },
    lossDifference: Math.max(...turns.map(({ bare, cell }) => Math.abs(bare.loss - cell.loss))),
    turnsApart: turns.filter(({ bare, cell }) => bare.weights !== cell.weights).length,
  };
}

function summed(fits: readonly Fit[]): Summary {
  const of = (figure: Exclude<keyof Summary, "steps">): Spread =>
    spread(fits.map((fit) => fit[figure]));
  return {
    ...{ steps: fits.map(({ steps }) => steps), dispatches: of("dispatches") },
    ...{ workerUs: of("workerUs"), mainUs: of("mainUs"), gpuUs: of("gpuUs") },
    wallUs: of("wallUs"),
  };
}

export function printed(id: ModelId, { sides, ratios }: Compared): void {
  console.log(`  ${models[id].name}`);
  for (const side of SIDES) {
    const { dispatches, workerUs, mainUs, gpuUs, wallUs } = sides[side];
    console.log(
      `    ${NAMES[side].padEnd(11)} ${dispatches.median.toFixed(0)} dispatches a step, ` +
        `CPU of worker ${described(workerUs, "µs")}, of main thread ${described(mainUs, "µs")}, ` +
        `of GPU process ${described(gpuUs, "µs")}, wall ${described(wallUs, "µs")}`,
    );
  }
  const { cpu, wall } = ratios;
  console.log(
    `    cell to bare worker: CPU of worker and main thread ${cpu.toFixed(3)}, wall ${wall.toFixed(3)}`,
  );
}

const TENTH = 0.1;

/** In software kernels take nearly all of a step: only emptied ones say anything of time. */
export function held(
  kernels: Kernels,
  id: ModelId,
  { ratios, lossDifference, turnsApart }: Compared,
): boolean {
  const { name, isLarge, differsFromItself }: Model = models[id];
  const limits: [what: string, value: number, most: number][] = [];
  if (kernels === "empty") {
    if (!isLarge) limits.push(["CPU of a step to the bare worker", ratios.cpu, TENTH]);
    limits.push(["wall to the bare worker, emptied kernels", ratios.wall, TENTH]);
  } else if (!differsFromItself) {
    limits.push(["difference in the last loss", lossDifference, 0]);
    limits.push(["turns whose weights differ in a bit", turnsApart, 0]);
  }
  return limits
    .map(([what, value, most]) => reached(`${name}, ${what}`, value, most))
    .every(Boolean);
}
