import type * as Y from "yjs";

const LATEST_MS = 2000;
const WITHOUT_MS = 500;
const SETTLED_MS = 3000;

/** Calls when the page has nothing else to do; gives back how not to. */
export function whenIdle(act: () => void): () => void {
  // Not every browser tells when it is idle.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(act, WITHOUT_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(() => act(), { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
}

/** Calls once, when this person has changed the document, or has looked at it for a while; gives back how not to. */
export function whenSettled(doc: Y.Doc, act: () => void): () => void {
  let leave = (): void => undefined;
  const stop = (): void => {
    clearTimeout(timer);
    doc.off("afterTransaction", look);
    leave();
  };
  const settled = (): void => {
    stop();
    leave = whenIdle(act);
  };
  const look = (transaction: Y.Transaction): void => {
    if (transaction.local && transaction.changed.size > 0) settled();
  };
  const timer = setTimeout(settled, SETTLED_MS);
  doc.on("afterTransaction", look);
  return stop;
}
