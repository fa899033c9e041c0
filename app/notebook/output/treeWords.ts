/** A closed branch of a tree in a few words: what it is, and as much of what it holds as fits a line. */
import type { TreeOutput } from "../../../lib/kernel/mime.ts";
import { formatNumber } from "./numbers.ts";

type Branch = Extract<TreeOutput, { of: unknown }>;

const MOST_NAMES = 5;
const MOST_NUMBERS = 8;
const LONGEST_WORD = 20;

export function briefOf({ is, count, of }: Branch): string {
  const unnamed = of.every(([name]) => name === "");
  const lead = is === "" || is === "{}" ? "" : `${is} `;
  const more = (shown: number): string => (count > shown ? ", …" : "");
  if (is === "{}" || !unnamed) {
    const names = of.slice(0, MOST_NAMES).map(([name]) => name);
    const inner =
      count === 0 ? "" : names.length === 0 ? "…" : names.join(", ") + more(names.length);
    const sized = is === "Map" ? `${lead}(${count.toLocaleString("en")}) ` : lead;
    return `${sized.replace(" (", "(")}{${inner}}`;
  }
  const sized = `${lead.trim()}(${count.toLocaleString("en")})`;
  const shown = of.slice(0, MOST_NUMBERS).map(([, one]) => wordOf(one));
  return shown.every((one) => one !== undefined) && count > 0
    ? `${sized} [${shown.join(", ")}${more(shown.length)}]`
    : sized === `(${count})`
      ? `[${count}]`
      : sized;
}

function wordOf(value: TreeOutput): string | undefined {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value.length <= LONGEST_WORD ? `"${value}"` : undefined;
  return typeof value === "boolean" || value === null ? String(value) : undefined;
}

/** A list of plain values: its line says most of it already. */
export function isFlat(value: TreeOutput): boolean {
  if (typeof value !== "object" || value === null || !("of" in value)) return false;
  return (
    value.is !== "{}" && value.of.every(([name, one]) => name === "" && wordOf(one) !== undefined)
  );
}
