/** What a cell imports from "ensemble" to work with data: `dataset` and `split`. Runs in the worker. */
import { type ColumnTable, table as makeTable } from "arquero";
import type { Guest, GuestModule } from "../kernel/capability.ts";
import { decodeTable } from "./arrow.ts";
import { DATASETS, type DatasetReply, type DatasetRequest, isDigestStart } from "./exchange.ts";
import { ImageSet } from "./imageSet.ts";
import { wordReadFailure } from "./readFailure.ts";
import { type SplitOptions as RowSplit, splitRows } from "./split.ts";

/**
 * Reads a dataset of this workspace: an arquero table (missing values are null, dates are Date), or an
 * ImageSet for images.
 *
 *     const penguins = await dataset("penguins");
 *     const pinned = await dataset("penguins", { version: "9f2ce41b" });   // always these rows
 *     const mnist = await dataset<ImageSet>("mnist");
 */
export type ReadDataset = <Data extends ColumnTable | ImageSet = ColumnTable>(
  name: string,
  options?: { readonly version?: string },
) => Promise<Data>;

export interface SplitOptions extends Omit<RowSplit, "strata"> {
  /** Keeps the mixture of a table's column, of an ImageSet's labels ("label"), or of these labels. */
  readonly stratify?: string | ArrayLike<unknown>;
}

/**
 * Parts a table, an ImageSet or an array into what to train on and what to test on, at random but the same for
 * everybody who uses the same seed.
 *
 *     const { train, test } = split(penguins, { test: 0.25, seed: 7, stratify: "species" });
 */
export type Split = <Data extends Splittable>(
  data: Data,
  options: SplitOptions,
) => { train: Data; test: Data };

type Splittable = ColumnTable | ImageSet | readonly unknown[];

export const datasetsGuest: GuestModule = (guest) => ({ dataset: datasetFrom(guest), split });

function datasetFrom(guest: Guest): ReadDataset {
  return async <Data extends ColumnTable | ImageSet>(
    name: string,
    { version }: { readonly version?: string } = {},
  ) => {
    if (typeof name !== "string")
      throw new TypeError('dataset() takes the name of a dataset: dataset("penguins").');
    if (version !== undefined && !isDigestStart(version))
      throw new TypeError(
        "A version is pinned by the first 4 or more characters of its digest, as the dataset's page shows it.",
      );
    // Made before the wait, so that its stack leads to the cell.
    const refused = new Error();
    const request: DatasetRequest = version === undefined ? { name } : { name, version };
    const reply = (await guest.call(DATASETS, request)) as DatasetReply;
    if (!reply.ok) {
      refused.message = wordReadFailure(reply.failure);
      throw refused;
    }
    const { data } = reply;
    return (
      data.kind === "images" ? new ImageSet({ name, ...data }) : arqueroTable(data.table)
    ) as Data;
  };
}

export function arqueroTable(bytes: Uint8Array): ColumnTable {
  const stored = decodeTable(bytes);
  const columns = new Map(stored.names.map((name, i) => [name, stored.array(i)]));
  return makeTable(columns, [...stored.names]);
}

export const split: Split = <Data extends Splittable>(data: Data, options: SplitOptions) => {
  const { stratify, ...rest } = options;
  const strata = typeof stratify === "string" ? strataOf(data, stratify) : stratify;
  const rows = Array.isArray(data) ? data.length : rowsOf(data as ColumnTable | ImageSet);
  if (strata && strata.length !== rows)
    throw new RangeError(
      `split() needs a label for each of ${rows} rows, and got ${strata.length}.`,
    );
  const parts = splitRows(rows, { ...rest, ...(strata ? { strata } : {}) });
  return { train: takeRows(data, parts.train), test: takeRows(data, parts.test) };
};

function rowsOf(data: ColumnTable | ImageSet): number {
  return data instanceof ImageSet ? data.count : data.numRows();
}

function takeRows<Data extends Splittable>(data: Data, rows: Uint32Array): Data {
  if (data instanceof ImageSet) return data.take(rows) as Data;
  if (Array.isArray(data))
    return Array.from(rows, (row) => data[row] as unknown) as unknown as Data;
  const table = data as ColumnTable;
  // Of a filtered table these are the rows that are left, in the order in which they are shown.
  const shown = table.indices();
  return table.reify(Array.from(rows, (row) => shown[row] ?? 0)) as Data;
}

function strataOf(data: Splittable, column: string): ArrayLike<unknown> {
  if (data instanceof ImageSet) {
    if (column !== "label" || !data.labels)
      throw new TypeError(
        `split() cannot stratify images by “${column}”: only by "label", where they have labels.`,
      );
    return data.labels;
  }
  const table = data as ColumnTable;
  if (Array.isArray(data) || !table.columnNames().includes(column))
    throw new TypeError(
      Array.isArray(data)
        ? "split() of an array takes its labels as an array: stratify: labels."
        : `split() cannot stratify by “${column}”: the table's columns are ${table.columnNames().join(", ")}.`,
    );
  return table.array(column) as ArrayLike<unknown>;
}
