/** What files, SQLite and PostgreSQL call it when there is no space left. */
const CODES = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL", "53100"]);

/** Was it for want of space that something could not be kept? */
export function isDiskFull(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" && CODES.has(code);
}
