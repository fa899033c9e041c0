/**
 * What the names of a kernel lead to: the tensors that lie in their objects, arrays, maps, models and optimizers. A
 * function, and any object that may keep something to itself, cannot be looked into: it is named as a holder, so that
 * whoever asks counts as held what such a holder may hold. Nothing is called and no getter runs.
 */
import type { Library } from "./library.ts";
import { collectionSize, entriesOf } from "./natives.ts";
import { arrayLength, isObject, ownKeys, ownValue, prototypeOf, tensorFacts } from "./own.ts";

export interface Root {
  readonly value: unknown;
  /** The run that made it. */
  readonly run: number;
  /** A function or class that stands at the top of its cell: all it can close over are the cell's own names. */
  readonly open: boolean;
}

export interface Reached {
  readonly tensors: ReadonlySet<object>;
  readonly holders: readonly Holder[];
  /** False where there was too much to look through. */
  readonly whole: boolean;
}

export interface Holder {
  readonly object: object;
  /** The run of the name that leads to it. */
  readonly run: number;
  /** It can take something in later, where nobody sees it. */
  readonly secretive: boolean;
}

const MOST_STEPS = 100_000;
const MOST_ITEMS = 1_000_000;
/** Larger arrays of plain values are looked through once, not at every survey. */
const LARGE = 50_000;
const plainArrays = new WeakMap<object, number>();

export function reachFrom(roots: readonly Root[], library: Library): Reached {
  return new Walk(roots, library).reached();
}

class Walk {
  readonly #roots: readonly Root[];
  readonly #library: Library;
  readonly #tensors = new Set<object>();
  readonly #holders: Holder[] = [];
  /** What was seen, and whether only as a part of a library's object. */
  readonly #seen = new Map<object, boolean>();
  readonly #open = new Set<object>();
  readonly #openPrototypes = new Set<object>();
  readonly #waiting: { readonly object: object; readonly within: boolean; readonly run: number }[] =
    [];
  #steps = MOST_STEPS;
  #items = MOST_ITEMS;
  #whole = true;

  constructor(roots: readonly Root[], library: Library) {
    this.#roots = roots;
    this.#library = library;
    for (const { value, open } of roots) {
      if (!open || typeof value !== "function") continue;
      this.#open.add(value);
      const prototype = ownValue(value, "prototype");
      if (isObject(prototype)) this.#openPrototypes.add(prototype);
    }
  }

  reached(): Reached {
    for (const { value, run } of this.#roots) this.#meet(value, false, run);
    for (let next = this.#waiting.pop(); next && this.#whole; next = this.#waiting.pop()) {
      if (--this.#steps < 0) this.#whole = false;
      else this.#visit(next.object, next.within, next.run);
    }
    return { tensors: this.#tensors, holders: this.#holders, whole: this.#whole };
  }

  #meet(value: unknown, within: boolean, run: number): void {
    if (!isObject(value)) return;
    const seen = this.#seen.get(value);
    if (seen === false || (seen === true && within)) return;
    this.#seen.set(value, within);
    this.#waiting.push({ object: value, within, run });
  }

  #visit(object: object, within: boolean, run: number): void {
    if (this.#library.has(object)) return;
    if (typeof object === "function") {
      // A library's own function keeps nothing but what its object shows.
      if (!within || this.#library.isFromCell(object))
        this.#holds(object, run, !this.#open.has(object));
      return this.#visitKeys(object, within, run, "prototype");
    }
    if (tensorFacts(object)) return void this.#tensors.add(object);
    if (ArrayBuffer.isView(object)) return;
    const length = arrayLength(object);
    if (length !== undefined) return this.#visitArray(object, length, within, run);
    if (collectionSize(object)) {
      for (const one of entriesOf(object, this.#items)) {
        this.#items--;
        this.#meet(one, within, run);
      }
      if (this.#items <= 0) this.#whole = false;
    }
    const prototype = prototypeOf(object);
    if (this.#library.isTable(prototype)) return;
    const inside = within || this.#library.made(prototype);
    if (!inside && !this.#isPlain(prototype)) this.#holds(object, run, true);
    this.#visitKeys(object, inside, run);
  }

  #holds(object: object, run: number, secretive: boolean): void {
    this.#holders.push({ object, run, secretive });
  }

  #visitArray(array: object, length: number, within: boolean, run: number): void {
    if (length > LARGE && plainArrays.get(array) === length) return;
    this.#items -= length;
    if (this.#items < 0) return void (this.#whole = false);
    let plain = true;
    for (let i = 0; i < length; i++) {
      const item = ownValue(array, i);
      if (!isObject(item)) continue;
      plain = false;
      this.#meet(item, within, run);
    }
    if (plain && length > LARGE) plainArrays.set(array, length);
  }

  #visitKeys(object: object, within: boolean, run: number, except?: string): void {
    const listed = ownKeys(object);
    if ("count" in listed) return void (this.#whole = false);
    this.#items -= listed.keys.length;
    for (const key of listed.keys)
      if (key !== except) this.#meet(ownValue(object, key), within, run);
  }

  #isPlain(prototype: object | null | undefined): boolean {
    if (prototype === undefined) return false;
    if (prototype === null || PLAIN.has(prototype)) return true;
    if (!this.#openPrototypes.has(prototype)) return false;
    const above = prototypeOf(prototype);
    return this.#library.made(above) || this.#isPlain(above);
  }
}

const PLAIN: ReadonlySet<object> = new Set([
  Object.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
  RegExp.prototype,
  ArrayBuffer.prototype,
  Error.prototype,
]);
