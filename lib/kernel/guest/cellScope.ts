/** `__cell`: what a cell's compiled code asks of the runtime (lib/kernel/compile/rewrite.ts writes the calls). */
import { nearest } from "../nearest.ts";
import { isPackage, unknownPackage } from "../packages.ts";
import type { AboutNames, Getters } from "./names.ts";
import { PlacedError } from "./stack.ts";

export type Packages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface CellScope {
  /** Called first, with a getter for each name, its value of any later moment, and what the code tells of them. */
  keep(getters: Getters, about: AboutNames): void;
  /** A package, or one thing of it; the place is where the cell imports it. */
  use(from: string, name?: string, line?: number, column?: number): unknown;
  import(from: unknown): Promise<unknown>;
  until(value: unknown): Promise<unknown>;
}

export function usePackage(packages: Packages, from: string): Readonly<Record<string, unknown>> {
  const found = isPackage(from) ? packages[from] : undefined;
  if (!found) throw new Error(unknownPackage(from));
  return found;
}

export function useExport(
  packages: Packages,
  from: string,
  name: string,
  line: number,
  column: number,
): unknown {
  const found = usePackage(packages, from);
  if (name in found) return found[name];
  const close = nearest(name, Object.keys(found));
  const meant = close === undefined ? "" : ` Did you mean ${close}?`;
  throw new PlacedError(
    `"${from}" has no ${name}.${meant} (For a type write import type.)`,
    line,
    column,
  );
}
