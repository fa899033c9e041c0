/**
 * Where each page in the history was scrolled to. The browser restores it too early, before a page that
 * loads its code and its document has any height; here it is tried again until the page is tall enough.
 */
const PATIENCE_MS = 2000;

/** Before another page is shown: notes in the history where this one was. */
export function rememberScroll(): void {
  history.replaceState({ scroll: scrollY }, "");
}

/** Follows back and forward from now on; gives back how to stop. */
export function restoreScrolls(): () => void {
  history.scrollRestoration = "manual";
  let waiting = 0;
  const stop = (): void => cancelAnimationFrame(waiting);
  const restore = (): void => {
    stop();
    const wanted = scrollIn(history.state);
    const until = performance.now() + PATIENCE_MS;
    const attempt = (): void => {
      scrollTo(0, wanted);
      if (Math.abs(scrollY - wanted) > 1 && performance.now() < until)
        waiting = requestAnimationFrame(attempt);
    };
    waiting = requestAnimationFrame(attempt);
  };
  // A person who scrolls by themselves is not pulled back.
  const by = ["wheel", "touchstart", "keydown", "pointerdown"] as const;
  restore();
  addEventListener("popstate", restore);
  addEventListener("pagehide", rememberScroll);
  for (const event of by) addEventListener(event, stop, { passive: true });
  return () => {
    stop();
    removeEventListener("popstate", restore);
    removeEventListener("pagehide", rememberScroll);
    for (const event of by) removeEventListener(event, stop);
  };
}

function scrollIn(state: unknown): number {
  if (typeof state !== "object" || state === null || !("scroll" in state)) return 0;
  return typeof state.scroll === "number" && Number.isFinite(state.scroll) ? state.scroll : 0;
}
