/**
 * Whether an Arrow table from somebody else is one that a page can show: of the kinds of columns that are made
 * here, each value within its bytes, and none longer than it may be.
 */
import { type Column, type Table, Type } from "@uwdata/flechette";

/** A letter takes up to 4 bytes in UTF-8. */
const BYTES_OF_LETTER = 4;

type AnyColumn = Column<unknown>;
type Batch = AnyColumn["data"][number];

export function isSound(table: Table, longest: number): boolean {
  const { children } = table;
  return (
    children.length === table.names.length &&
    children.every((column: AnyColumn) => {
      const [batch] = column.data;
      return column.data.length === 1 && batch !== undefined && isSoundBatch(batch, longest);
    })
  );
}

function isSoundBatch(batch: Batch, longest: number): boolean {
  const { length, nullCount, validity } = batch;
  if (nullCount > 0 && validity.length * 8 < length) return false;
  switch (batch.type.typeId) {
    case Type.Int:
      // Numbers of 64 bits may be larger than a page can read.
      return !(batch.values instanceof BigInt64Array) && batch.values.length >= length;
    case Type.Float:
    case Type.Timestamp:
      return batch.values.length >= length;
    case Type.Bool:
      return batch.values.length * 8 >= length;
    case Type.Utf8:
      return hasSoundTexts(batch, longest * BYTES_OF_LETTER);
    case Type.Dictionary: {
      const [words, ...more] = (batch as Batch & { dictionary: AnyColumn }).dictionary.data;
      return (
        more.length === 0 &&
        batch.values.length >= length &&
        (words === undefined || (words.type.typeId === Type.Utf8 && isSoundBatch(words, longest)))
      );
    }
    default:
      return false;
  }
}

function hasSoundTexts({ offsets, values, length }: Batch, mostBytes: number): boolean {
  if (!(offsets instanceof Int32Array) || offsets.length < length + 1) return length === 0;
  let from = offsets[0] ?? -1;
  if (from < 0) return false;
  for (let i = 1; i <= length; i++) {
    const to = offsets[i] ?? -1;
    if (to < from || to - from > mostBytes) return false;
    from = to;
  }
  return from <= values.length;
}
