/** A column's type, ends and values as they are written on the page. */
import Calendar from "@lucide/svelte/icons/calendar";
import Hash from "@lucide/svelte/icons/hash";
import ToggleLeft from "@lucide/svelte/icons/toggle-left";
import Type from "@lucide/svelte/icons/type";
import type { ColumnType, DatasetColumn } from "../../lib/document/datasetFacts.ts";
import { formatNumber } from "../notebook/output/numbers.ts";
import { count } from "./words.ts";

export const columnIcons: Readonly<Record<ColumnType, typeof Hash>> = {
  number: Hash,
  boolean: ToggleLeft,
  date: Calendar,
  text: Type,
};

const FEW_WORDS = 50;
const MIDNIGHT = /T00:00:00\.000Z$/;

/** Text in which few words come back again and again is called a category. */
export function typeWord({ type, profile }: DatasetColumn): string {
  const { distinct } = profile;
  if (type === "boolean") return "true or false";
  if (type !== "text") return type;
  return distinct > 0 && distinct <= FEW_WORDS && distinct <= profile.count / 2
    ? "category"
    : "text";
}

/** A number of a column's range: dates are dates. */
export function writtenEnd(column: DatasetColumn, value: number): string {
  return column.type === "date" ? writtenDate(new Date(value)) : formatNumber(value);
}

/** "2024-03-09", with the time where it is not midnight; UTC, as it is stored. */
export function writtenDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "–";
  const iso = date.toISOString();
  return MIDNIGHT.test(iso)
    ? iso.slice(0, 10)
    : iso
        .replace("T", " ")
        .replace(/(:00)?\.000Z$/, "")
        .replace(/Z$/, "");
}

/** What stands left and right below a column's bars. */
export function endsOf(column: DatasetColumn): [string, string] {
  const { profile } = column;
  return profile.kind === "range"
    ? [writtenEnd(column, profile.min), writtenEnd(column, profile.max)]
    : [count(profile.distinct, "value"), ""];
}

/** The picture in words. */
export function spreadOf(column: DatasetColumn): string {
  const [from, to] = endsOf(column);
  return column.profile.kind === "range" ? `from ${from} to ${to}` : from;
}
