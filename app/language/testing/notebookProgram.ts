/** A program over cells with the real declarations, collected once for a file of tests. */
import { check } from "../check.ts";
import { collectTypes } from "../collectTypes.ts";
import { type KnownDataset, datasetTypes } from "../datasetTypes.ts";
import { CellProgram } from "../program.ts";
import { suggest } from "../suggest.ts";
import type { Suggestions } from "../answers.ts";
import type { TypeLibrary } from "../typeLibrary.ts";

let library: TypeLibrary | undefined;

export function realTypes(): TypeLibrary {
  return (library ??= collectTypes());
}

/** `¦` in a cell is the caret, where one is asked for. */
export class NotebookProgram {
  readonly program = new CellProgram(realTypes());
  #sources: Readonly<Record<string, string>> = {};

  cells(sources: Readonly<Record<string, string>>): this {
    this.#sources = sources;
    this.program.setCells(
      Object.entries(sources).map(([id, source]) => ({ id, source: source.replace("¦", "") })),
    );
    return this;
  }

  datasets(...known: readonly KnownDataset[]): this {
    this.program.setDatasets(datasetTypes(known));
    return this;
  }

  /** The caret of a cell. */
  at(cell: string): number {
    return this.#sources[cell]?.indexOf("¦") ?? -1;
  }

  suggest(cell: string): Suggestions | undefined {
    this.program.open(cell);
    return suggest(this.program, cell, this.at(cell));
  }

  labels(cell: string): readonly string[] {
    return this.suggest(cell)?.list.map(({ label }) => label) ?? [];
  }

  /** What is wrong, as "the underlined text: the message". */
  findings(cell: string): readonly string[] {
    const source = this.program.source(cell) ?? "";
    return check(this.program, cell).map(
      ({ from, to, message }) => `${source.slice(from, to)}: ${message}`,
    );
  }
}

export const penguins: KnownDataset = {
  name: "penguins",
  kind: "table",
  rows: 344,
  columns: [
    {
      name: "species",
      type: "text",
      profile: {
        kind: "values",
        count: 344,
        missing: 0,
        distinct: 3,
        top: [
          ["Adelie", 152],
          ["Gentoo", 124],
          ["Chinstrap", 68],
        ],
      },
    },
    {
      name: "body mass",
      type: "number",
      profile: {
        kind: "range",
        count: 342,
        missing: 2,
        distinct: 94,
        min: 2700,
        median: 4050,
        max: 6300,
        bins: [1],
      },
    },
    {
      name: "flipper",
      type: "number",
      profile: {
        kind: "range",
        count: 342,
        missing: 2,
        distinct: 55,
        min: 172,
        median: 197,
        max: 231,
        bins: [1],
      },
    },
  ],
};
