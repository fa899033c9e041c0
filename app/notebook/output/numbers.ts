/** Numbers as a reader wants them: as few digits as say it, and one number of decimals down a column. */

const DIGITS = 6;
const MOST_DECIMALS = 4;

/** A number on its own: 6 significant digits, no trailing zeros, exponents only for the very large and small. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3).replace("e+", "e");
  return String(Number(value.toPrecision(DIGITS)));
}

/** How to write the numbers of one column, so that their points stand under one another. */
export function columnFormat(values: readonly unknown[]): (value: number) => string {
  const numbers = values.filter((value): value is number => typeof value === "number");
  const plain = numbers.map(formatNumber);
  if (plain.some((text) => text.includes("e") || text.includes("N"))) return formatNumber;
  const decimals = Math.max(0, ...plain.map((text) => (text.split(".")[1] ?? "").length));
  return (value) =>
    Number.isFinite(value) ? value.toFixed(Math.min(decimals, MOST_DECIMALS)) : String(value);
}
