/** The names that cells share in this kernel: who defined each, and its value of now. */
import { heldBy } from "./held.ts";

interface Entry {
  readonly cell: string;
  readonly get: () => unknown;
  readonly run: number;
  /** A function or class that stands at the top of its cell. */
  readonly open: boolean;
}

export type Getters = Readonly<Record<string, () => unknown>>;

/** A name that has a value now. */
export interface NamedValue {
  readonly name: string;
  readonly cell: string;
  readonly value: unknown;
  readonly run: number;
  readonly open: boolean;
}

export class Names {
  readonly #entries = new Map<string, Entry>();
  /** Names that begin with _ by their cell: nobody else's, and yet they hold what they hold. */
  readonly #own = new Map<string, readonly Entry[]>();

  /** What this cell defined before is gone. */
  begin(cell: string): void {
    this.#own.delete(cell);
    for (const [name, entry] of this.#entries) {
      if (entry.cell === cell) this.#entries.delete(name);
    }
  }

  define(cell: string, getters: Getters, run = 0, open: readonly string[] = []): void {
    const own: Entry[] = [];
    for (const [name, get] of Object.entries(getters)) {
      const entry = { cell, get, run, open: open.includes(name) };
      if (name.startsWith("_")) own.push(entry);
      else this.#entries.set(name, entry);
    }
    this.#own.set(cell, own);
  }

  /** Gives back the cells that have no name left. */
  forget(names: readonly string[]): string[] {
    const cells = new Set<string>();
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (entry) cells.add(entry.cell);
      this.#entries.delete(name);
    }
    const kept = new Set([...this.#entries.values()].map((entry) => entry.cell));
    const gone = [...cells].filter((cell) => !kept.has(cell));
    for (const cell of gone) this.#own.delete(cell);
    return gone;
  }

  /** The runs that gave these names their values. */
  runsOf(names: readonly string[]): number[] {
    return [...new Set(names.flatMap((name) => this.#entries.get(name)?.run ?? []))];
  }

  /** The names that have a value, in the order in which they got it. */
  current(): NamedValue[] {
    return [...this.#entries].flatMap(([name, entry]) => valueOf(name, entry));
  }

  /** The same with what cells keep to themselves. */
  everything(): NamedValue[] {
    const own = [...this.#own.values()].flat();
    return [...this.current(), ...own.flatMap((entry) => valueOf("_", entry))];
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
    const entry = this.#entries.get(name);
    return entry && valueOf(name, entry)[0];
  }
}

function valueOf(name: string, { get, cell, run, open }: Entry): [NamedValue] | [] {
  try {
    return [{ name, cell, value: get(), run, open }];
  } catch {
    // Its cell failed before it came to this name.
    return [];
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
