/**
 * As much of a page as Vega draws on inside a worker, which has none: a canvas for each chart, and listeners
 * that are told of what the page forwards. Loaded before Vega, which looks for a document once.
 */
import type { ChartEvent } from "./messages.ts";

type Listener = (event: unknown) => void;

class Listeners {
  readonly #all = new Map<string, Set<Listener>>();

  get types(): string[] {
    return [...this.#all.keys()];
  }
  add(type: string, listener: Listener): void {
    this.#all.set(type, (this.#all.get(type) ?? new Set()).add(listener));
  }
  remove(type: string, listener: Listener): void {
    this.#all.get(type)?.delete(listener);
  }
  tell(event: { readonly type: string }): void {
    for (const listener of this.#all.get(event.type) ?? []) listener(event);
  }
}

/** One chart's place: it stands in for the element that Vega puts its canvas into. */
export class Stage {
  canvas: OffscreenCanvas | undefined;
  readonly style: Record<string, unknown> = {
    removeProperty: () => delete this.style["cursor"],
  };
  readonly #onCanvas = new Listeners();
  readonly #onWindow = new Listeners();

  get childNodes(): OffscreenCanvas[] {
    return this.canvas ? [this.canvas] : [];
  }
  get listens(): string[] {
    return [...new Set([...this.#onCanvas.types, ...this.#onWindow.types])];
  }
  get cursor(): string {
    const { cursor } = this.style;
    return typeof cursor === "string" ? cursor : "default";
  }

  /** What Vega adds to the window meanwhile is this chart's. */
  build<T>(make: () => T): T {
    building = this.#onWindow;
    try {
      return make();
    } finally {
      building = undefined;
    }
  }

  tell({ x, y, ...event }: ChartEvent): void {
    const told = {
      ...event,
      clientX: x,
      clientY: y,
      target: this.canvas,
      preventDefault: nothing,
      stopPropagation: nothing,
    };
    this.#onCanvas.tell(told);
    this.#onWindow.tell(told);
  }

  appendChild(canvas: OffscreenCanvas): void {
    this.canvas = Object.assign(canvas, {
      getBoundingClientRect: () => ({ left: 0, top: 0, width: 0, height: 0 }),
      addEventListener: (type: string, listener: Listener) => this.#onCanvas.add(type, listener),
      removeEventListener: (type: string, listener: Listener) =>
        this.#onCanvas.remove(type, listener),
    });
  }
  removeChild(): void {
    this.canvas = undefined;
  }
  setAttribute = nothing;
  removeAttribute = nothing;
}

let building: Listeners | undefined;

function nothing(): void {
  // What a page does here, a worker need not.
}

function makeCanvas(name: string): unknown {
  if (name !== "canvas") return undefined;
  const own = { tagName: "CANVAS", style: { setProperty: nothing }, setAttribute: nothing };
  return Object.assign(new OffscreenCanvas(1, 1), own);
}

Object.assign(globalThis, {
  document: { createElement: makeCanvas },
  window: {
    addEventListener: (type: string, listener: Listener) => building?.add(type, listener),
    removeEventListener: nothing,
  },
});
