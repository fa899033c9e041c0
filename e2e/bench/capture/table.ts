/** What the turns of a model came to, printed, and held against what it must reach on the adapter. */
import { type Spread, described, reached, spread } from "../figures.ts";
import type { Adapter } from "./adapter.ts";
import type { Fitted } from "./fitted.ts";
import { type Model, type ModelId, models } from "./models.ts";
import { SIDES, type Side, type Turn } from "./task.ts";

const NAMES = { bare: "TensorFlow.js", captured: "captured", peer: "jax-js" } as const;

type Figure = keyof Fitted;
type Summary = Readonly<Record<Figure, Spread>>;

export interface Compared {
  readonly steps: number;
  readonly sides: { readonly [side in Side]?: Summary };
  /** Of the captured side, by the median, to the bare one and to the peer. */
  readonly ratios: Readonly<Record<"cpu" | "wall" | "wallToPeer", number>>;
  /** Milliseconds that the first epoch takes more. */
  readonly extra: Spread;
  /** Of weights; undefined where nothing is computed. */
  readonly difference: number | undefined;
  /** What it may be: how far TensorFlow.js's own fits differ. */
  readonly ofItself: number;
}

export function compared(turns: readonly Turn[]): Compared {
  const steps = turns[0]?.steps ?? 0;
  const sides = Object.fromEntries(
    SIDES.flatMap((side) => {
      const fits = turns.flatMap(({ sides }) => sides[side] ?? []);
      return fits.length > 0 ? [[side, summed(fits)]] : [];
    }),
  ) as Compared["sides"];
  const { bare, captured, peer } = sides;
  const differences = turns.flatMap(({ difference }) => difference ?? []);
  const ratio = (figure: Figure, to?: Summary): number =>
    (captured?.[figure].median ?? NaN) / (to?.[figure].median ?? NaN);
  return {
    steps,
    sides,
    ratios: {
      cpu: ratio("cpuUs", bare),
      wall: ratio("wallUs", bare),
      wallToPeer: ratio("wallUs", peer),
    },
    extra: spread(
      turns.map(({ sides }) => (sides.captured?.firstMs ?? NaN) - (sides.bare?.firstMs ?? NaN)),
    ),
    ofItself: Math.max(0, ...turns.map(({ ofItself = 0 }) => ofItself)),
    difference: differences.length > 0 ? Math.max(...differences) : undefined,
  };
}

function summed(fits: readonly Fitted[]): Summary {
  const of = (figure: Figure): Spread => spread(fits.map((fit) => fit[figure]));
  return {
    ...{ firstMs: of("firstMs"), wallUs: of("wallUs"), cpuUs: of("cpuUs") },
    dispatches: of("dispatches"),
  };
}

export function printed(id: ModelId, { sides, extra, ratios }: Compared): void {
  console.log(`  ${models[id].name}`);
  for (const side of SIDES) {
    const summary = sides[side];
    if (!summary) continue;
    const { dispatches, cpuUs, wallUs, firstMs } = summary;
    console.log(
      `    ${NAMES[side].padEnd(13)} ${dispatches.median.toFixed(0)} dispatches a step, ` +
        `CPU ${described(cpuUs, "µs")}, wall ${described(wallUs, "µs")}, first epoch ${described(firstMs)}`,
    );
  }
  console.log(
    `    captured to TensorFlow.js: CPU ${ratios.cpu.toFixed(3)}, wall ${ratios.wall.toFixed(3)}, ` +
      `first epoch ${extra.median > 0 ? "+" : ""}${described(extra)}`,
  );
}

const TENTH = 0.1;
const THIRD = 0.333;
/** Not slower, but for what the clock of a machine in use wavers. */
const SAME = 1.05;
const FIRST_MS = 300;

/** Says whether all is reached that the adapter can show. */
export function held(id: ModelId, kind: Adapter["kind"], { ratios, ...found }: Compared): boolean {
  const { name, isLarge }: Model = models[id];
  const limits: [what: string, value: number, most: number, unit?: string][] = [];
  if (kind !== "software" && !isLarge) limits.push(["CPU of a step to bare", ratios.cpu, TENTH]);
  const wall = { empty: TENTH, software: SAME, hardware: THIRD }[kind];
  limits.push(["wall to bare", ratios.wall, wall]);
  if (kind === "hardware" && found.sides.peer)
    limits.push(["wall to jax-js", ratios.wallToPeer, 1]);
  limits.push(["first epoch's extra", found.extra.median, FIRST_MS, " ms"]);
  if (found.difference !== undefined)
    limits.push([
      `weights' difference after ${found.steps} steps`,
      found.difference,
      found.ofItself,
    ]);
  return limits
    .map(([what, value, most, unit]) => reached(`${name}, ${what}`, value, most, unit))
    .every(Boolean);
}
