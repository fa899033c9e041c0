/**
 * Sums of products that an invocation keeps in registers, a tile of them. Reading is what costs where a processor stands in
 * for the device, and waiting for one another costs more.
 */
import type { Adding, After } from "../arithmetic.ts";
import { type Tile, tilesOf } from "./tile.ts";
import { type Written, written } from "./written.ts";

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

function typeOf({ vectors }: Pick<Side, "vectors">): string {
  return vectors === "none" ? "f32" : "vec4<f32>";
}

/** Products of two sides, a tile by one invocation. */
export interface Tiled {
  readonly tile: Tile;
  /** Rows and columns of a matrix that is made, and how many there are: matrices, or places of a filter. */
  readonly m: readonly [size: number, name: string];
  readonly n: readonly [size: number, name: string];
  readonly times: number;
  readonly sizes: Readonly<Record<string, number>>;
  readonly sides: readonly [rows: Side, columns: Side];
  readonly adding: Adding;
  readonly after?: After;
  /** Statements ahead of the sums, which know the tile's first `row` and `column`, and which `matrix` it is in. */
  readonly ahead: string;
  /** Statements around those that add, given how many of k they are to add. */
  readonly sums: (add: (length: string) => string) => string;
}

/** The names of `m` and `n` are those that `sizes` has. */
export function tiledKernel(one: Tiled): Written {
  const { tile, m, n, times, sizes, sides, adding, ahead, sums } = one;
  const { after = { hasBias: false, isRelu: false } } = one;
  const [rows, columns] = sides;
  const place = { m: `sizes.${m[1]}`, n: `sizes.${n[1]}` };
  const type = n[0] % 4 === 0 && tile.columns > 1 ? "vec4<f32>" : "f32";
  return written({
    reads: [
      ...sides.map((side) => [side.array, typeOf(side)] as const),
      ...(after.hasBias ? [["bias", type] as const] : []),
    ],
    makes: type,
    sizes,
    items: tilesOf(tile, m[0], n[0]) * times,
    code: `
  ${position(tile, place)}
  ${ahead}
  ${zeros(tile)}
  ${sums((length) => additions(tile, rows, columns, length, adding))}
  ${stores(tile, place, type, after)}`,
  });
}

/** Statements that set all sums of a tile to 0. */
function zeros({ rows, columns }: Tile): string {
  const type = columns === 1 ? "f32" : "vec4<f32>";
  return lines(rows, (i) => columnsOf(columns).map((j) => `var ${sum(i, j)} = ${type}();`));
}

/** Statements that add the products of `length` values (WGSL) of both sides, in their order. */
function additions(tile: Tile, rows: Side, columns: Side, length: string, adding: Adding): string {
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
interface Place {
  /** How many rows and columns there are. */
  readonly m: string;
  readonly n: string;
}

/** Statements that say which tile the item is: its first `row` and `column`, and which `matrix`. */
function position({ rows, columns }: Tile, { m, n }: Place): string {
  return `
  let across = (${n} + ${columns - 1}) / ${columns};
  let down = (${m} + ${rows - 1}) / ${rows};
  let column = item % across * ${columns};
  let row = item / across % down * ${rows};
  let matrix = item / (across * down);`;
}

/** Statements that write the sums to `result`, as far as the tile is within it. */
function stores(
  { rows, columns }: Tile,
  { m, n }: Place,
  type: "f32" | "vec4<f32>",
  { hasBias, isRelu }: After,
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
