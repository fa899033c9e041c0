/** Counts, sizes and lists in words. */

/** "1 row", "1,234 rows". */
export function count(many: number, thing: string): string {
  return `${many.toLocaleString("en")} ${many === 1 ? thing : `${thing}s`}`;
}

/** "13 kB", "784.5 kB", "47 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte");
  const units = ["kB", "MB", "GB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 100 && !Number.isInteger(size) ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? "GB"}`;
}

/** "a, b and c"; a long list ends in how many more there are. */
export function listed(words: readonly string[], most = 6): string {
  const shown = words.length > most ? words.slice(0, most) : words;
  if (shown.length < words.length)
    return `${shown.join(", ")} and ${words.length - shown.length} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** "line 7", "lines 3, 9 and 12", "lines 3, 9, 12 and others". */
export function onLines({ rows, lines }: { rows: number; lines: readonly number[] }): string {
  const numbers = lines.map((line) => line.toLocaleString("en"));
  if (rows > lines.length) return `lines ${numbers.join(", ")} and others`;
  return `${lines.length === 1 ? "line" : "lines"} ${listed(numbers)}`;
}
