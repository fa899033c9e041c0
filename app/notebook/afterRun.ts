/**
 * What follows the key that runs a cell: when the cell has said something, a moment later at the latest, and at once
 * where the person presses on. Where a key changes the page, Chromium lets nothing in before the next frame: the
 * cell's answer would wait for it.
 */
import { tick } from "svelte";
import type { Observable } from "../../lib/base/observable.ts";

const MOMENT_MS = 40;

/** Gives back how to let it be. */
export function afterRun(answer: Observable<unknown>, act: () => void): () => void {
  const leave = (): void => {
    clearTimeout(timer);
    stop();
    removeEventListener("keydown", pressed, true);
    removeEventListener("pointerdown", now, true);
  };
  const now = (): void => {
    leave();
    act();
  };
  /** The key is for what has the focus then. That moves before this listener's turn is over, and before a letter is typed. */
  const pressed = (event: KeyboardEvent): void => {
    event.stopImmediatePropagation();
    now();
    void tick().then(() => {
      const taken = document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", event));
      if (taken === false) event.preventDefault();
    });
  };
  let timer = setTimeout(now, MOMENT_MS);
  const stop = answer.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(now); // the answer first
  });
  addEventListener("keydown", pressed, true);
  addEventListener("pointerdown", now, true);
  return leave;
}
