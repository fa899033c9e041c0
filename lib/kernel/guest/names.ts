/** The names that cells share in this kernel: who defined each, and its value of now. */
import { carries, heldBy } from "./held.ts";

interface Entry {
  readonly cell: string;
  readonly get: () => unknown;
  /** The names that it is made with. */
  readonly mentions: readonly string[];
  readonly run: number;
  /** A function or class that stands at the top of its cell. */
  readonly open: boolean;
}

export type Getters = Readonly<Record<string, () => unknown>>;

/** What a cell's code tells of the names that it keeps (compile/mentions.ts, compile/topLevel.ts). */
export interface AboutNames {
  /** The names that each of them is made with. */
  readonly mentions?: Readonly<Record<string, readonly string[]>>;
  /** Those that are functions and classes written at the top of the cell. */
  readonly open?: readonly string[];
}

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

  define(cell: string, getters: Getters, run: number, about: AboutNames): void {
    const own: Entry[] = [];
    for (const [name, get] of Object.entries(getters)) {
      const mentions = about.mentions?.[name] ?? [];
      const entry = { cell, get, mentions, run, open: about.open?.includes(name) === true };
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
