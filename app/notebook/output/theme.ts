/** The inks that the page is drawn in now, followed as the theme changes. For pictures, which inherit nothing. */
import { createSubscriber } from "svelte/reactivity";
import type { Inks } from "../sanitise.ts";

const subscribe = createSubscriber((update) => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(update);
  system.addEventListener("change", update);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", update);
    chosen.disconnect();
  };
});

export const theme = {
  get inks(): Inks {
    subscribe();
    const { color, backgroundColor } = getComputedStyle(document.body);
    return { ink: color, paper: backgroundColor };
  },
  /** What a frame has to say of itself, or the browser puts paper of its own behind it. */
  get scheme(): string {
    subscribe();
    return getComputedStyle(document.documentElement).colorScheme || "light dark";
  },
};
