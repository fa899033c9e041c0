/** What came of a transaction. */

/** Did the browser refuse a write for want of space? */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === "QuotaExceededError";
}

/**
 * Resolves with what the requests of a transaction and its end resolve with. Throws what made it fail: its requests only
 * say that they were aborted.
 */
export async function whole<T>(parts: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(parts);
  const errors = outcomes.flatMap((one) =>
    one.status === "rejected" ? [one.reason as unknown] : [],
  );
  if (errors.length > 0) throw errors.find(isFull) ?? errors[0];
  return Promise.all(parts);
}
