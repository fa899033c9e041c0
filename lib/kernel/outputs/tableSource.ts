/**
 * What can be looked at as a table: an Arquero table, or a list of records. Read in place, column by column, so
 * that a million rows are not copied to be shown. Knows nothing of how a table is shown or kept.
 */
import { asRecord } from "../../base/json.ts";
import { GETTER, fieldOf, itemsOf } from "./fields.ts";

export interface TableSource {
  readonly rows: number;
  /** The columns that its first rows have. */
  readonly names: readonly string[];
  /** Columns that only later rows have; pauses now and then while it looks for them. */
  laterNames(): Generator<undefined, readonly string[]>;
  column(name: string): (row: number) => unknown;
}

interface ArqueroLike {
  numRows(): number;
  columnNames(): string[];
  column(name: string): { at(row: number): unknown } | undefined;
  indices(): ArrayLike<number>;
  isFiltered(): boolean;
  isOrdered(): boolean;
}

type PlainRecord = Readonly<Record<string, unknown>>;

const LOOKED_AT = 50;
const MOST_NAMES = 1_000;
const PAUSE_EVERY = 8_192;

/** Undefined where the value is neither. */
export function tableSource(value: object): TableSource | undefined {
  if (isArquero(value)) return arqueroSource(value);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const records = value as readonly unknown[];
  if (!itemsOf(records, LOOKED_AT).every((one) => plainRecord(one) !== undefined)) return undefined;
  // A copy of the list alone: rows may come and go in the cell while the table is being kept.
  const source = recordsSource(records.slice());
  return source.names.length === 0 ? undefined : source;
}

/** Lists of columns are no tables: `{ a: Float32Array }` is what it says. */
function isArquero(value: object): value is ArqueroLike {
  return ["numRows", "columnNames", "column", "objects", "derive"].every(
    (method) => typeof (value as Record<string, unknown>)[method] === "function",
  );
}

function arqueroSource(table: ArqueroLike): TableSource {
  const filtered = table.isFiltered() || table.isOrdered();
  let order: ArrayLike<number> | undefined;
  return {
    rows: table.numRows(),
    names: table.columnNames().slice(0, MOST_NAMES),
    laterNames: () => none(),
    column(name) {
      const column = table.column(name);
      if (!filtered) return (row) => column?.at(row);
      const rows = (order ??= table.indices());
      return (row) => column?.at(rows[row] ?? -1);
    },
  };
}

// eslint-disable-next-line require-yield -- there is nothing to look for
function* none(): Generator<undefined, readonly string[]> {
  return [];
}

function recordsSource(records: readonly unknown[]): TableSource {
  const names = new Set<string>();
  for (const record of records.slice(0, LOOKED_AT)) addNames(names, record);
  return {
    rows: records.length,
    names: [...names],
    *laterNames() {
      const known = new Set(names);
      for (let row = LOOKED_AT; row < records.length; row++) {
        addNames(known, records[row]);
        if (row % PAUSE_EVERY === 0) yield undefined;
      }
      return [...known].slice(names.size);
    },
    column: (name) => (row) => {
      const record = records[row];
      const value =
        typeof record === "object" && record !== null ? fieldOf(record, name) : undefined;
      return value === GETTER ? "(getter)" : value;
    },
  };
}

/** Written for speed: records of one shape come by the million. */
function addNames(names: Set<string>, record: unknown): void {
  if (typeof record !== "object" || record === null) return;
  for (const name in record)
    if (!names.has(name) && names.size < MOST_NAMES && Object.hasOwn(record, name)) names.add(name);
}

function plainRecord(value: unknown): PlainRecord | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  const prototype: unknown = Object.getPrototypeOf(record);
  return prototype === Object.prototype || prototype === null ? record : undefined;
}
