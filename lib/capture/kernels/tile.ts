/**
 * A tile of sums of products that one invocation keeps in registers: what it reads is used for a whole row or column of
 * the tile. Reading is what costs where a processor stands in for the device, and waiting for one another costs more.
 */
import type { Adding, After } from "../arithmetic.ts";

export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

const TILES: readonly Tile[] = [
  { rows: 8, columns: 8 },
  { rows: 4, columns: 8 },
  { rows: 4, columns: 4 },
  { rows: 2, columns: 4 },
  { rows: 1, columns: 4 },
];
/** Four invocations go side by side, and several processors are to have some. */
const LEAST_ITEMS = 32;
/** Products from which a large tile is worth its code, which takes a tenth of a second to compile. */
const LARGE = 2 ** 20;
const MOST_OF_SMALL = 16;

/** The largest that leaves enough tiles of a matrix of these sizes, so many times, with so many products each. */
export function tileOf(rows: number, columns: number, times: number, products: number): Tile {
  const isLarge = rows * columns * times * products >= LARGE;
  const tiles = TILES.filter((tile) => isLarge || tile.rows * tile.columns <= MOST_OF_SMALL);
  const fitting = tiles.map((tile) => ({
    rows: rows < tile.rows ? largestIn(rows) : tile.rows,
    columns: columns < 4 ? 1 : columns < tile.columns ? 4 : tile.columns,
  }));
  const isEnough = (tile: Tile): boolean => tilesOf(tile, rows, columns) * times >= LEAST_ITEMS;
  return fitting.find(isEnough) ?? (fitting.at(-1) as Tile);
}

export function tilesOf(tile: Tile, rows: number, columns: number): number {
  return Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
}

/** Of two rows, or three: two. */
function largestIn(rows: number): number {
  return 2 ** Math.floor(Math.log2(rows));
}

/** One side of the products: its values for each row or column of the tile, over k. */
export interface Side {
  /** Array that it is read from, of numbers or of vectors of four. */
  readonly array: string;
  /** WGSL of the index in numbers at k = 0, of a row or column of the tile. */
  readonly at: (i: number) => string;
  /** WGSL of what the index grows by with k. */
  readonly stride: string;
  /** WGSL that says whether the value is there; where it is not it is 0. */
  readonly isThere?: (i: number) => string;
  readonly count: number;
  /** Four are next to one another: over k, over the tile, or none are. */
  readonly vectors: "alongK" | "across" | "none";
}

export function typeOf({ vectors }: Pick<Side, "vectors">): string {
  return vectors === "none" ? "f32" : "vec4<f32>";
}

/** Statements that set all sums of a tile to 0. */
export function zeros({ rows, columns }: Tile): string {
  const type = columns === 1 ? "f32" : "vec4<f32>";
  return lines(rows, (i) => columnsOf(columns).map((j) => `var ${sum(i, j)} = ${type}();`));
}

/** Statements that add the products of `length` values (WGSL) of both sides, in their order. */
export function additions(
  tile: Tile,
  rows: Side,
  columns: Side,
  length: string,
  adding: Adding,
): string {
  const step = [rows, columns].some(({ vectors }) => vectors === "alongK") ? 4 : 1;
  const steps = Array.from({ length: adding === "inFours" ? 1 : step }, (_, q) => q);
  return `
  ${starts(rows, "r")}
  ${starts(columns, "c")}
  for (var k = 0; k < ${length}; k += ${step}) {
    ${rows.vectors === "alongK" ? loads(rows, "r", "k") : ""}
    ${columns.vectors === "alongK" ? loads(columns, "c", "k") : ""}
    ${steps
      .map(
        (q) => `{
      ${rows.vectors === "alongK" ? "" : loads(rows, "r", `(k + ${q})`)}
      ${columns.vectors === "alongK" ? "" : loads(columns, "c", `(k + ${q})`)}
      ${lines(tile.rows, (i) => columnsOf(tile.columns).map((j) => addition(i, j, q)))}
    }`,
      )
      .join("\n    ")}
  }`;

  function addition(i: number, j: number, q: number): string {
    const one = value(rows, "r", i, q);
    const [left, right] =
      tile.columns === 1
        ? [one, value(columns, "c", j, q)]
        : [`vec4<f32>(${one})`, four(columns, j, q)];
    switch (adding) {
      case "fused":
        return `${sum(i, j)} = fma(${left}, ${right}, ${sum(i, j)});`;
      case "rounded":
        return `${sum(i, j)} = ${sum(i, j)} + ${left} * ${right};`;
      case "inFours": {
        const dots = [0, 1, 2, 3].map((c) => `dot(r${i}, c${j + c})`);
        return `${sum(i, j)} = ${sum(i, j)} + vec4<f32>(${dots.join(", ")});`;
      }
    }
  }
}

function four(side: Side, j: number, q: number): string {
  if (side.vectors === "across") return `c${j / 4}`;
  const values = [0, 1, 2, 3].map((i) => value(side, "c", j + i, q));
  return `vec4<f32>(${values.join(", ")})`;
}

/** Where each load begins. */
function starts({ at, count, vectors }: Side, name: string): string {
  const every = vectors === "across" ? 4 : 1;
  const start = (i: number): string => (vectors === "none" ? at(i) : `(${at(i)}) / 4`);
  return Array.from(
    { length: count / every },
    (_, i) => `let ${name}At${i} = ${start(i * every)};`,
  ).join("\n  ");
}

function loads({ array, count, vectors, stride, isThere }: Side, name: string, k: string): string {
  const every = vectors === "across" ? 4 : 1;
  const grown = vectors === "none" ? `${k} * ${stride}` : `${k} * ${stride} / 4`;
  const nothing = vectors === "none" ? "0.0" : "vec4<f32>()";
  return Array.from({ length: count / every }, (_, i) => {
    const read = `${array}[${name}At${i} + ${grown}]`;
    const kept = isThere ? `select(${nothing}, ${read}, ${isThere(i)})` : read;
    return `let ${name}${i} = ${kept};`;
  }).join("\n    ");
}

function value({ vectors }: Side, name: string, i: number, q: number): string {
  switch (vectors) {
    case "alongK":
      return `${name}${i}.${"xyzw"[q]}`;
    case "across":
      return `${name}${i >> 2}.${"xyzw"[i & 3]}`;
    case "none":
      return `${name}${i}`;
  }
}

/** Where a tile stands in what is made, in WGSL. */
export interface Place {
  /** How many rows and columns there are. */
  readonly m: string;
  readonly n: string;
}

/** Statements that say which tile the item is: its first `row` and `column`, and which `matrix`. */
export function position({ rows, columns }: Tile, { m, n }: Place): string {
  return `
  let across = (${n} + ${columns - 1}) / ${columns};
  let down = (${m} + ${rows - 1}) / ${rows};
  let column = item % across * ${columns};
  let row = item / across % down * ${rows};
  let matrix = item / (across * down);`;
}

/** Whether the numbers of a result are written four at a time. */
export function typeMade({ columns }: Tile, n: number): "f32" | "vec4<f32>" {
  return n % 4 === 0 && columns > 1 ? "vec4<f32>" : "f32";
}

/** Statements that write the sums to `result`, as far as the tile is within it. */
export function stores(
  { rows, columns }: Tile,
  { m, n }: Place,
  type: "f32" | "vec4<f32>",
  { hasBias, isRelu }: After = { hasBias: false, isRelu: false },
): string {
  const finished = (value: string, column: string): string => {
    const added = hasBias ? `${value} + bias[${column}]` : value;
    return isRelu ? `select(${added}, ${type}(), ${added} < ${type}())` : added;
  };
  const one = (i: number, j: number): string => {
    const at = `(matrix * ${m} + row + ${i}) * ${n} + column + ${j}`;
    if (type !== "f32") {
      const value = finished(sum(i, j), `(column + ${j}) / 4`);
      return `if (column + ${j} < ${n}) { result[(${at}) / 4] = ${value}; }`;
    }
    const each = columns === 1 ? [""] : [".x", ".y", ".z", ".w"];
    return each
      .map((part, c) => {
        const value = finished(sum(i, j) + part, `column + ${j + c}`);
        return `if (column + ${j + c} < ${n}) { result[${at} + ${c}] = ${value}; }`;
      })
      .join("\n    ");
  };
  return Array.from(
    { length: rows },
    (_, i) => `if (row + ${i} < ${m}) {
    ${columnsOf(columns)
      .map((j) => one(i, j))
      .join("\n    ")}
  }`,
  ).join("\n  ");
}

function sum(i: number, j: number): string {
  return `s${i}_${j}`;
}

/** The first of each four columns. */
function columnsOf(columns: number): number[] {
  return columns === 1 ? [0] : Array.from({ length: columns / 4 }, (_, i) => i * 4);
}

function lines(count: number, of: (i: number) => readonly string[]): string {
  return Array.from({ length: count }, (_, i) => of(i).join("\n      ")).join("\n      ");
}
