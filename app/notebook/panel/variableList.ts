/** The kernel's names as the panel lists them: in words, sorted, filtered, and which are not here. Pure. */
import type { CellId } from "../../../lib/base/ids.ts";
import {
  type HeldValues,
  IMPORTED,
  type Leak,
  type Variable,
} from "../../../lib/kernel/variables.ts";
import { count, fileSize } from "../../datasets/words.ts";

export const sortings = ["name", "size", "cell"] as const;
export type Sorting = (typeof sortings)[number];

export interface ListedVariable {
  readonly name: string;
  readonly cell: CellId;
  readonly number: number | undefined;
  /** "tensor float32 [32, 4]", "array of 120 numbers". */
  readonly type: string;
  readonly preview: string;
  /** "512 B", "48 kB"; empty where it is not known. */
  readonly size: string;
}

export function listVariables(
  held: HeldValues,
  numberOf: (cell: string) => number | undefined,
  options: { readonly sorting: Sorting; readonly filter: string; readonly onGpu: boolean },
): ListedVariable[] {
  const wanted = options.filter.trim().toLowerCase();
  return held.variables
    .filter((one) => one.type !== IMPORTED || wanted !== "")
    .toSorted(
      (a, b) => compare(a, b, options.sorting, numberOf) || a.name.localeCompare(b.name, "en"),
    )
    .map((one) => ({
      name: one.name,
      cell: one.cell as CellId,
      number: numberOf(one.cell),
      type: typeWords(one, options.onGpu),
      preview: one.preview,
      size: one.bytes === null ? "" : sizeWords(one.bytes),
    }))
    .filter(({ name, type }) => `${name} ${type}`.toLowerCase().includes(wanted));
}

function compare(
  a: Variable,
  b: Variable,
  sorting: Sorting,
  numberOf: (cell: string) => number | undefined,
): number {
  switch (sorting) {
    case "name":
      return a.name.localeCompare(b.name, "en");
    case "size":
      return (b.bytes ?? -1) - (a.bytes ?? -1);
    case "cell":
      return (numberOf(a.cell) ?? Infinity) - (numberOf(b.cell) ?? Infinity) || 0;
  }
}

function typeWords({ type, tensor }: Variable, onGpu: boolean): string {
  if (!tensor) return type;
  const [kind = type, ...rest] = type.split(", ");
  const facts = `${kind} ${tensor.dtype} [${tensor.shape.join(", ")}]`;
  if (rest.length > 0) return `${facts}, ${rest.join(", ")}`;
  return onGpu ? `${facts} on the GPU` : facts;
}

/** "512 B", "48 kB": a column of sizes has no room for words. */
export function sizeWords(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : fileSize(bytes);
}

/** "12 tensors, 48 kB", as tf.memory() counts. */
export function memoryWords({ tensors, bytes }: NonNullable<HeldValues["memory"]>): string {
  return `${count(tensors, "tensor")}, ${sizeWords(bytes)}`;
}

/** "left 12 tensors (48 kB) over 3 re-runs" */
export function leakWords({ tensors, bytes, runs }: Leak): string {
  return `left ${count(tensors, "tensor")} (${sizeWords(bytes)}) over ${count(runs, "re-run")}`;
}

/** The names that cells define and the kernel does not hold, each with its cell. */
export function namesNotHere(
  held: HeldValues,
  cells: readonly {
    readonly id: CellId;
    readonly number: number;
    readonly view: { readonly defines: readonly string[] };
  }[],
): { readonly name: string; readonly cell: CellId; readonly number: number }[] {
  const here = new Set(held.variables.map(({ name, cell }) => `${cell} ${name}`));
  return cells.flatMap(({ id, number, view }) =>
    view.defines
      .filter((name) => !here.has(`${id} ${name}`))
      .map((name) => ({ name, cell: id, number })),
  );
}
