/**
 * Arquero's ColumnTable as cells see it: all its verbs are there, and these know the columns as well. Takes the
 * place of arquero's own declaration, which goes on as PlainTable (see collectTypes.ts).
 */
import type { PlainTable } from "arquero/plain";

type Name<Row> = keyof Row & string;

/** A column by its name, or what arquero takes besides: a place, names to rename, a helper such as aq.not(). */
type Selection<Row> = Name<Row> | number | object | readonly (Name<Row> | number | object)[];

/** A value for each row, from the row: a function of it, or what aq.op makes. */
type Expression<Row> = ((row: Row, params: any) => any) | object | number | boolean;

type Key<Row> = Name<Row> | Expression<Row>;

type Made<Values> = {
  [Name in keyof Values]: Values[Name] extends (...row: any) => infer Value ? Value : any;
};

type With<Row, Values> = {
  [Column in Name<Row> | keyof Values]: Column extends keyof Values
    ? Made<Values>[Column]
    : Column extends keyof Row
      ? Row[Column]
      : never;
};

// @ts-expect-error -- arquero's verbs promise the same kind of table, whatever becomes of the columns
export interface ColumnTable<Row = any> extends PlainTable {
  columnNames(filter?: (name: string, index: number, array: string[]) => boolean): Name<Row>[];
  columnIndex(name: Name<Row>): number;
  /** All values of a column in the order in which the rows are shown; missing ones are null. */
  array<Column extends Name<Row>>(name: Column): Row[Column][];
  array<Column extends Name<Row>, List>(
    name: Column,
    constructor: new (...length: any) => List,
  ): List;
  /** One value of a column: in the first row, where none is said. */
  get<Column extends Name<Row>>(name: Column, row?: number): Row[Column];
  getter<Column extends Name<Row>>(name: Column): (row: number) => Row[Column];
  object(row?: number): Row;
  objects(options?: { limit?: number; offset?: number; columns?: any; grouped?: any }): Row[];
  [Symbol.iterator](): Iterator<Row>;
  /** Keeps the rows for which this is true. */
  filter(criteria: Expression<Row> | string): ColumnTable<Row>;
  /** Adds columns, or replaces some. An expression sees its row, and of other names only what `params()` was told. */
  derive<const Values extends Record<string, Expression<Row> | string>>(
    values: Values,
    options?: { drop?: boolean; before?: any; after?: any },
  ): ColumnTable<With<Row, Values>>;
  /** One row for each group, or one for all. */
  rollup<const Values extends Record<string, Expression<Row> | string>>(
    values?: Values,
  ): ColumnTable<With<Row, Values>>;
  count(options?: { as?: string }): ColumnTable<Row & { count: number }>;
  select<Column extends Name<Row>>(
    ...columns: (Column | readonly Column[])[]
  ): ColumnTable<Pick<Row, Column>>;
  select(...columns: Selection<Row>[]): ColumnTable;
  groupby(...keys: (Key<Row> | readonly Key<Row>[])[]): ColumnTable<Row>;
  orderby(...keys: (Key<Row> | readonly Key<Row>[])[]): ColumnTable<Row>;
  dedupe(...keys: (Key<Row> | readonly Key<Row>[])[]): ColumnTable<Row>;
  sample(size: number | Expression<Row>, options?: object): ColumnTable<Row>;
  relocate(columns: Selection<Row>, options: { before?: any; after?: any }): ColumnTable<Row>;
  impute(
    values: { [Column in Name<Row>]?: Expression<Row> | string },
    options?: { expand?: any },
  ): ColumnTable<Row>;
  rename(...columns: any[]): ColumnTable;
  assign(...tables: any[]): ColumnTable;
  reduce(reducer: any): ColumnTable;
  fold(columns: Selection<Row> | Expression<Row>, options?: { as?: string[] }): ColumnTable;
  pivot(keys: Key<Row> | readonly Key<Row>[], values: any, options?: object): ColumnTable;
  spread(columns: Selection<Row> | Expression<Row>, options?: object): ColumnTable;
  unroll(columns: Selection<Row> | Expression<Row>, options?: object): ColumnTable;
  lookup(other: any, on?: any, ...values: any[]): ColumnTable;
  join(other: any, on?: any, values?: any, options?: object): ColumnTable;
  join_left(other: any, on?: any, values?: any, options?: object): ColumnTable;
  join_right(other: any, on?: any, values?: any, options?: object): ColumnTable;
  join_full(other: any, on?: any, values?: any, options?: object): ColumnTable;
  cross(other: any, values?: any, options?: object): ColumnTable;
  concat(...tables: any[]): ColumnTable;
  union(...tables: any[]): ColumnTable;
}
export declare const ColumnTable: {
  prototype: ColumnTable;
  new (...parts: ConstructorParameters<typeof PlainTable>): ColumnTable;
};
