/** The names that cells share in this kernel: who defined each, and its value of now. */
import { heldBy } from "./held.ts";

interface Entry {
  readonly cell: string;
  readonly get: () => unknown;
}

export type Getters = Readonly<Record<string, () => unknown>>;

export class Names {
  readonly #entries = new Map<string, Entry>();

  /** What this cell defined before is gone. */
  begin(cell: string): void {
    for (const [name, entry] of this.#entries) {
      if (entry.cell === cell) this.#entries.delete(name);
    }
  }

  define(cell: string, getters: Getters): void {
    for (const [name, get] of Object.entries(getters)) this.#entries.set(name, { cell, get });
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

  /** Names of cells other than this one that hold one of the objects. */
  holding(objects: ReadonlySet<object>, except: string): string[] {
    if (objects.size === 0) return [];
    return [...this.#entries].flatMap(([name, { cell }]) => {
      return cell !== except && holdsOneOf(objects, this.#value(name)?.value) ? [name] : [];
    });
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

function holdsOneOf(objects: ReadonlySet<object>, value: unknown): boolean {
  try {
    for (const held of heldBy(value)) if (objects.has(held)) return true;
  } catch {
    // A getter of the cell's own that throws says nothing of what it holds.
  }
  return false;
}
