/** Has the browser ask before this tab is closed while its kernel runs a cell: what it trains would be lost. */
import type { Observable } from "../../lib/base/observable.ts";

/** Gives back how to stop. */
export function askBeforeLeaving(running: Observable<unknown>): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (running.current !== undefined) event.preventDefault();
  };
  // A page that listens is kept out of the browser's back-forward cache: it listens only while something runs.
  const watch = (): void => {
    if (running.current === undefined) window.removeEventListener("beforeunload", ask);
    else window.addEventListener("beforeunload", ask);
  };
  const stop = running.subscribe(watch);
  watch();
  return () => {
    stop();
    window.removeEventListener("beforeunload", ask);
  };
}
