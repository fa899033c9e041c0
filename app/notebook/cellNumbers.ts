/** The number that a cell bears on the page: its place in reading order, from 1. */
import type { CellPlace } from "../../lib/notebook/notebook.ts";

export function numberCells(places: readonly CellPlace[]): ReadonlyMap<string, number> {
  return new Map(places.map((cell, i) => [cell.id, i + 1]));
}
