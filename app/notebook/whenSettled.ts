/** Work ahead for somebody who stays: not while a page is being opened, which it would slow down. */
import type * as Y from "yjs";
import { whenIdle } from "./whenIdle.ts";

const SETTLED_MS = 3000;

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
