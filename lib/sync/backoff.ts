/** How long to wait before trying again: soon at first, never longer than `longest`, no two clients in step. */

/** Milliseconds. `failures`: how many tries in a row came to nothing. `chance`: from 0 to 1. */
export function backoff(failures: number, longest: number, chance: number): number {
  const full = Math.min(longest, 100 * 2 ** failures);
  return full * (0.5 + chance / 2);
}
