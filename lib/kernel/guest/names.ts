/** The names that cells share in this kernel: who defined each, and its value of now. */
import { carries, heldBy } from "./held.ts";

interface Entry {
  readonly cell: string;
  readonly get: () => unknown;
  /** The names that it is made with. */
  readonly mentions: readonly string[];
}

export type Getters = Readonly<Record<string, () => unknown>>;
export type Mentions = Readonly<Record<string, readonly string[]>>;

export class Names {
  readonly #entries = new Map<string, Entry>();

  /** What this cell defined before is gone. */
  begin(cell: string): void {
    for (const [name, entry] of this.#entries) {
      if (entry.cell === cell) this.#entries.delete(name);
    }
  }

  define(cell: string, getters: Getters, mentions: Mentions = {}): void {
    for (const [name, get] of Object.entries(getters))
      this.#entries.set(name, { cell, get, mentions: mentions[name] ?? [] });
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#entries.delete(name);
  }

  /** Those of `names` that have no value here. */
  missing(names: readonly string[]): string[] {
    return names.filter((name) => !this.#value(name));
  }

  values(names: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(names.map((name) => [name, this.#value(name)?.value]));
  }

  /**
   * Names of cells other than this one whose values are no longer what they were, now that these objects have been
   * changed: they hold one of them, or can reach one through a function or a class. `makerOf` tells the cell in which
   * an object was made: where no name holds it, what that cell keeps to itself is reached through its functions.
   */
  changedWith(
    objects: ReadonlySet<object>,
    except: string,
    makerOf: (object: object) => string | undefined,
  ): string[] {
    if (objects.size === 0) return [];
    const others = [...this.#entries]
      .filter(([, { cell }]) => cell !== except)
      .map(([name, { cell, mentions }]) => {
        return { name, cell, mentions, value: this.#value(name)?.value };
      });
    const held = new Set<object>();
    const found = new Set<string>();
    for (const { name, value } of others)
      for (const one of heldOf(value))
        if (objects.has(one)) {
          found.add(name);
          held.add(one);
        }
    const hidden = [...objects].filter((one) => !held.has(one)).map(makerOf);
    const makers = new Set(hidden.filter((cell) => cell !== undefined && cell !== except));
    const classes = new Set<unknown>();
    for (let size = -1; size !== found.size;) {
      size = found.size;
      for (const { name, cell, mentions, value } of others) {
        if (found.has(name)) continue;
        const hides = makers.has(cell) && mentions.length > 0;
        const reaches = hides || mentions.some((one) => found.has(one));
        if (!carriesSafely(value, reaches, classes)) continue;
        found.add(name);
        if (typeof value === "function") classes.add(value);
      }
    }
    return [...found];
  }

  #value(name: string): { readonly value: unknown } | undefined {
    try {
      const entry = this.#entries.get(name);
      return entry && { value: entry.get() };
    } catch {
      // Its cell failed before it came to this name.
      return undefined;
    }
  }
}

function carriesSafely(value: unknown, reaches: boolean, classes: ReadonlySet<unknown>): boolean {
  try {
    return carries(value, reaches, classes);
  } catch {
    return reaches; // what cannot be looked through may carry anything
  }
}

function heldOf(value: unknown): object[] {
  try {
    return [...heldBy(value)];
  } catch {
    return []; // a getter of the cell's own that throws says nothing of what it holds
  }
}
