/** Failures of a store that is somewhere else: it cannot be reached, and may be reached again. */

/** What the store's errors carry as their code then. */
export const STORE_AWAY = "store-away";

export function isStoreAway(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === STORE_AWAY;
}
