/** The one bridge between Yjs (or any Observable) and Svelte: values that re-read themselves. */
import { createSubscriber } from "svelte/reactivity";
import type * as Y from "yjs";
import type { Observable } from "../lib/base/observable.ts";

type Source = Pick<Y.AbstractType<unknown>, "observeDeep" | "unobserveDeep">;

export interface Live<T> {
  readonly current: T;
}

/** A value read from Yjs types, read again when one of them changes. */
export function live<T>(sources: Source | readonly Source[], read: () => T): Live<T> {
  const all = Array.isArray(sources) ? (sources as readonly Source[]) : [sources as Source];
  return following((changed) => {
    for (const source of all) source.observeDeep(changed);
    return () => {
      for (const source of all) source.unobserveDeep(changed);
    };
  }, read);
}

/** An Observable of the domain as a rune. */
export function follow<T>(observable: Observable<T>): Live<T> {
  return following(
    (changed) => observable.subscribe(changed),
    () => observable.current,
  );
}

/** The same, drawn at most once a frame: for what comes and goes faster than anybody sees. */
export function followFrames<T>(observable: Observable<T>): Live<T> {
  return following(
    (changed) => {
      let frame: number | undefined;
      const stop = observable.subscribe(() => {
        frame ??= requestAnimationFrame(() => {
          frame = undefined;
          changed();
        });
      });
      return () => {
        stop();
        if (frame !== undefined) cancelAnimationFrame(frame);
      };
    },
    () => observable.current,
  );
}

/** The awareness states of everybody in a room, this tab included, by client id. */
export function liveAwareness<T>(
  awareness: {
    on(event: "change", changed: () => void): void;
    off(event: "change", changed: () => void): void;
  },
  read: () => T,
): Live<T> {
  return following((changed) => {
    awareness.on("change", changed);
    return () => awareness.off("change", changed);
  }, read);
}

function following<T>(start: (changed: () => void) => () => void, read: () => T): Live<T> {
  const subscribe = createSubscriber(start);
  return {
    get current() {
      subscribe();
      return read();
    },
  };
}
