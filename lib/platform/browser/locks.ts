/** Who of this browser's tabs does what, by the Web Locks API. Where there is none, every tab is on its own. */
import type { WorkspaceId } from "../../base/ids.ts";

export type Locks = Pick<LockManager, "request">;

/** The lock that every tab holds that has the workspace open. */
export function openLock(workspace: WorkspaceId): string {
  return `ensemble open ${workspace}`;
}

/** The lock of the one tab that looks after the rooms of a workspace that nobody has open. */
export function syncLock(workspace: WorkspaceId): string {
  return `ensemble sync ${workspace}`;
}

/** Holds it together with others until it is let go. Resolves at once where it is to be had. */
export function share(locks: Locks | undefined, name: string): () => void {
  return hold(locks, name, { mode: "shared" }, () => undefined);
}

/** Calls back when this tab has it alone, now or later; gives back how to let go, or stop waiting. */
export function lead(locks: Locks | undefined, name: string, has: () => void): () => void {
  if (!locks) {
    has();
    return () => undefined;
  }
  return hold(locks, name, { mode: "exclusive" }, has);
}

/** Waits until nobody holds it, but no longer than so many milliseconds, and does this. */
export async function whenFree<T>(
  locks: Locks | undefined,
  name: string,
  patience: number,
  act: () => Promise<T>,
): Promise<T> {
  if (!locks) return act();
  let acting: Promise<T> | undefined;
  try {
    return await locks.request(name, { signal: AbortSignal.timeout(patience) }, () => {
      acting = act();
      return acting;
    });
  } catch (error) {
    if (acting) throw error;
    return act(); // a tab that does not answer does not keep a person from their own storage
  }
}

function hold(
  locks: Locks | undefined,
  name: string,
  options: LockOptions,
  has: () => void,
): () => void {
  const leaving = new AbortController();
  let letGo: () => void = () => leaving.abort();
  void locks
    ?.request(name, { ...options, signal: leaving.signal }, () => {
      has();
      return new Promise<void>((resolve) => (letGo = resolve));
    })
    .catch(() => undefined); // it was let go before it was to be had
  return () => letGo();
}

/** Does this where nobody holds it at this moment. */
export async function tryAlone(
  locks: Locks | undefined,
  name: string,
  act: () => Promise<void>,
): Promise<void> {
  if (!locks) return act();
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await act();
  });
}
