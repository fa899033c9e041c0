/**
 * A word at the foot of the window about what was just done, with a way back for a few seconds.
 * The first toast mounts the place where all of them appear.
 */
import { createSubscriber } from "svelte/reactivity";
import { mount } from "svelte";
import Toasts from "./Toasts.svelte";

export interface Toast {
  readonly key: number;
  readonly words: string;
  readonly action?: { readonly words: string; readonly act: () => void };
}

const STAYS_MS = 8000;
const MOST = 3;

let toasts: readonly Toast[] = [];
let nextKey = 1;
let mounted = false;
let tell: () => void = () => undefined;
const subscribe = createSubscriber((update) => {
  tell = update;
});

const list = {
  get current(): readonly Toast[] {
    subscribe();
    return toasts;
  },
};

/** Shows the words; the oldest gives way where there are too many. Gives back how to take it away. */
export function toast(words: string, action?: Toast["action"]): () => void {
  if (!mounted) {
    mounted = true;
    mount(Toasts, { target: document.body, props: { list, ondismiss: dismiss } });
  }
  const key = nextKey++;
  toasts = [...toasts, { key, words, ...(action ? { action } : {}) }].slice(-MOST);
  tell();
  setTimeout(() => dismiss(key), STAYS_MS);
  return () => dismiss(key);
}

function dismiss(key: number): void {
  if (!toasts.some((one) => one.key === key)) return;
  toasts = toasts.filter((one) => one.key !== key);
  tell();
}
