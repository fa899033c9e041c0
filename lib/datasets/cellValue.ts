/** What the text in one place of a table means: missing, a number, a truth value, a date, or words. */

/** Words for "there is no value", in any case. Listed in the import's notes where they occur. */
const MISSING = new Set(["", "na", "n/a", "#n/a", "nan", "null", "?"]);
const LONGEST_MISSING = 4;

/** Digits with a point, as programs write them; with a comma, as in much of Europe, points between thousands. */
const WITH_POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WITH_COMMA = /^[+-]?(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;
const ISO_DATE =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const MINUTE_MS = 60_000;

export function isMissing(text: string): boolean {
  if (text.length > LONGEST_MISSING) return false;
  const first = text.charCodeAt(0);
  if (first >= 43 && first <= 57) return false; // begins like a number, as most values do
  return MISSING.has(text.toLowerCase());
}

/** The number, or NaN where it is none. Thousands are understood with a decimal comma only: "1,234" is ambiguous. */
export function parseNumber(text: string, decimalComma: boolean): number {
  const first = text.charCodeAt(0);
  if (first > 57 || first < 43) return NaN; // neither a digit nor + , - .
  if (!(decimalComma ? WITH_COMMA : WITH_POINT).test(text)) return NaN;
  const number = Number(decimalComma ? text.replaceAll(".", "").replace(",", ".") : text);
  return Number.isFinite(number) ? number : NaN;
}

/** Digits that a number would lose: the zeros before "007", or the end of more than 15 digits. */
export function lostAsNumber(text: string): "zeros" | "long" | undefined {
  const zeros = text.length > 1 && text.startsWith("0");
  if (!zeros && text.length <= 15) return undefined;
  if (!/^\d+$/.test(text)) return undefined;
  if (zeros) return "zeros";
  return Number.isSafeInteger(Number(text)) ? undefined : "long";
}

export function parseTruth(text: string): boolean | undefined {
  const word = text.length <= 5 ? text.toLowerCase() : "";
  return word === "true" ? true : word === "false" ? false : undefined;
}

/** Milliseconds since 1970 of an ISO date, with or without a time; UTC where it names no zone. NaN: no date. */
export function parseDate(text: string): number {
  if (text.length < 10) return NaN;
  const between = text.charCodeAt(4);
  if (between !== 45 && between !== 47) return NaN; // no - or / after the year
  const match = ISO_DATE.exec(text);
  if (!match) return NaN;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const ms = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000);
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(at);
  // 30 February would roll over into March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return NaN;
  return at - zoneMinutes(match[8]) * MINUTE_MS;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
