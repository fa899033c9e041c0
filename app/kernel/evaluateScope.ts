/** Names resolved once to a frame and a slot, so that running code looks nothing up by name. */
export interface Frame {
  readonly slots: unknown[];
  readonly up: Frame | undefined;
}

export class Scope {
  readonly #slots = new Map<string, number>();
  readonly #up: Scope | undefined;
  /** The text that the nodes' positions refer to. */
  readonly source: string;
  constructor(source: string, up?: Scope) {
    this.source = source;
    this.#up = up;
  }

  get size(): number {
    return this.#slots.size;
  }

  declare(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    this.#slots.set(name, this.#slots.size);
    return this.#slots.size - 1;
  }

  read(name: string): (frame: Frame) => unknown {
    const found = this.#find(name);
    if (!found) {
      if (name === "undefined") return () => undefined;
      return () => (globalThis as Record<string, unknown>)[name];
    }
    const { depth, slot } = found;
    if (depth === 0) return (frame) => frame.slots[slot];
    if (depth === 1) return (frame) => frame.up?.slots[slot];
    return (frame) => climb(frame, depth).slots[slot];
  }

  write(name: string): (frame: Frame, value: unknown) => unknown {
    const found = this.#find(name);
    if (!found) throw new Error(`assignment to ${name}, which is not declared`);
    const { depth, slot } = found;
    return (frame, value) => (climb(frame, depth).slots[slot] = value);
  }

  #find(name: string): { depth: number; slot: number } | undefined {
    const slot = this.#slots.get(name);
    if (slot !== undefined) return { depth: 0, slot };
    if (!this.#up) return undefined;
    const above = this.#up.#find(name);
    return above && { depth: above.depth + 1, slot: above.slot };
  }
}

function climb(frame: Frame, depth: number): Frame {
  let at = frame;
  for (let i = 0; i < depth && at.up; i++) at = at.up;
  return at;
}
