/** What is so at this moment, for outputs to be compared with; and what the kernel holds for nobody any more. */
import type * as Y from "yjs";
import type { Kernel } from "../kernel/kernel.ts";
import type { OtherControl } from "../kernel/params.ts";
import type { CellId } from "../base/ids.ts";
import type { NotebookCode } from "./code.ts";
import type { Held } from "./held.ts";
import { type Now, digestCode, timesContinued } from "./inputs.ts";
import { currentVersions } from "./notebookChanges.ts";
import type { NotebookParams } from "./params.ts";
import { seedOf } from "./settings.ts";
import type { ShownOutputs } from "./shownOutputs.ts";

export function readNow(
  { doc, index }: { readonly doc: Y.Doc; readonly index: Y.Doc },
  code: NotebookCode,
  params: NotebookParams,
  outputs: Pick<ShownOutputs, "get">,
): Now {
  const versions = currentVersions(index);
  const continued = new Map<CellId, number>();
  for (const cell of code.cells.keys()) {
    const times = timesContinued(outputs.get(cell)?.inputs, cell);
    if (times > 0) continued.set(cell, times);
  }
  return {
    seed: seedOf(doc),
    code: (cell) => code.cells.get(cell)?.code,
    disabled: (cell) => code.cells.get(cell)?.disabled === true,
    dataset: (name) => versions.get(name),
    params: params.given(),
    upstream: (cell) => code.upstream(cell),
    continued: (cell) => continued.get(cell) ?? 0,
  };
}

/** Lets go of the values of cells that are gone or disabled, save names that another cell defines now. */
export function forgetGone(held: Held, code: NotebookCode, kernel: Pick<Kernel, "forget">): void {
  for (const cell of held.cells.filter((one) => code.cells.get(one)?.disabled !== false)) {
    const names = held.get(cell)?.defines.filter((name) => !code.defines(name)) ?? [];
    held.forget(cell);
    if (names.length > 0) kernel.forget(names);
  }
}

/** The controls that other cells of this kernel have: those whose code still is what ran. */
export function controlsElsewhere(cell: CellId, held: Held, code: NotebookCode): OtherControl[] {
  return held.cells.flatMap((id) => {
    const other = code.cells.get(id);
    const ran = held.get(id);
    const source = ran?.sources.at(-1)?.source;
    if (id === cell || !other || source === undefined || digestCode(source) !== other.code)
      return [];
    return (ran?.controls ?? []).map((control) => ({ control, where: `cell ${other.number}` }));
  });
}
