/** How large a part of a matrix one invocation computes: what it reads is used for a whole row or column of that. */
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
