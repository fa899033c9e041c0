/** Which cells are near the window: they get an editor, the others stay still text. */
import type { Attachment } from "svelte/attachments";
import { SvelteSet } from "svelte/reactivity";

const MARGIN = "600px 0px";

export interface NearWindow {
  has(id: string): boolean;
  watch(id: string): Attachment<HTMLElement>;
}

export function nearWindow(): NearWindow {
  const near = new SvelteSet<string>();
  const ids = new WeakMap<Element, string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = ids.get(target);
        if (id === undefined) continue;
        if (isIntersecting) near.add(id);
        else near.delete(id);
      }
    },
    { rootMargin: MARGIN },
  );
  return {
    has: (id) => near.has(id),
    watch: (id) => (item) => {
      ids.set(item, id);
      observer.observe(item);
      return () => {
        observer.unobserve(item);
        near.delete(id);
      };
    },
  };
}
