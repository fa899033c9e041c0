/**
 * The packages that cells import, as far as the search for lost tensors asks: which functions and classes are theirs.
 * What a library's object keeps lies open in its fields; what a cell's own object keeps may not.
 */
import type { Packages } from "./cellScope.ts";
import { isObject, ownKeys, ownValue } from "./own.ts";

const DEPTH = 2;
const MOST_CODE = 1_000;
/** Data sets of TensorFlow.js are closures over what they were made from. */
const CLOSURES = new Set(["data"]);

export class Library {
  readonly #known = new Set<object>();
  readonly #prototypes = new Set<object>();
  readonly #tables = new Set<object>();

  /** The code of all cells that ran, and for functions that were met whether it is from there. */
  readonly #code = new Set<string>();
  readonly #fromCell = new WeakMap<object, boolean>();

  constructor(packages: Packages) {
    for (const [name, exports] of Object.entries(packages)) {
      this.#take(exports, DEPTH);
      if (name === "arquero") this.#noteTable(exports);
    }
    this.#takeRegistered(packages["@tensorflow/tfjs"]);
  }

  /** A package, or a function of one. */
  has(object: object): boolean {
    return this.#known.has(object);
  }

  /** Code of a cell as it is run. */
  note(code: string): void {
    if (this.#code.size <= MOST_CODE) this.#code.add(code);
  }

  /** Whether a cell wrote this function, as far as its text tells; in doubt it did. */
  isFromCell(met: object): boolean {
    const known = this.#fromCell.get(met);
    if (known !== undefined) return known;
    const found = this.#code.size > MOST_CODE || this.#inCode(met);
    this.#fromCell.set(met, found);
    return found;
  }

  #inCode(met: object): boolean {
    const text = Function.prototype.toString.call(met);
    return text.includes("[native code]") || [...this.#code].some((code) => code.includes(text));
  }

  /** Whether objects with this prototype were made by a class of a package. */
  made(prototype: object | null | undefined): boolean {
    return prototype !== null && prototype !== undefined && this.#prototypes.has(prototype);
  }

  /** A table's columns hold plain values, and many of them. */
  isTable(prototype: object | null | undefined): boolean {
    return prototype !== null && prototype !== undefined && this.#tables.has(prototype);
  }

  #take(value: unknown, depth: number): void {
    if (!isObject(value) || this.#known.has(value)) return;
    this.#known.add(value);
    if (typeof value === "function") return this.#takeClass(value);
    if (depth === 0) return;
    const listed = ownKeys(value);
    if (!("keys" in listed)) return;
    for (const key of listed.keys)
      if (typeof key === "string" && !(depth === DEPTH && CLOSURES.has(key)))
        this.#take(read(value, key), depth - 1);
  }

  #takeClass(value: object): void {
    const prototype = ownValue(value, "prototype");
    if (isObject(prototype)) this.#prototypes.add(prototype);
  }

  #noteTable(exports: Packages[string]): void {
    for (const name of ["Table", "ColumnTable"]) {
      const table = exports[name];
      const prototype = isObject(table) ? ownValue(table, "prototype") : undefined;
      if (isObject(prototype)) this.#tables.add(prototype);
    }
  }

  /** Layers, optimizers, initializers: their classes are not exported, but registered by name. */
  #takeRegistered(tf: Packages[string] | undefined): void {
    const serialization = tf?.["serialization"];
    const map = isObject(serialization) ? read(serialization, "SerializationMap") : undefined;
    const registered = isObject(map) ? read(map, "getMap") : undefined;
    const made: unknown =
      typeof registered === "function" ? Reflect.apply(registered, map, []) : undefined;
    const classes = isObject(made) ? ownValue(made, "classNameMap") : undefined;
    if (!isObject(classes)) return;
    for (const entry of Object.values(classes)) {
      const [maker] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (isObject(maker)) this.#takeClass(maker);
    }
  }
}

/** An export of a package; bundlers make getters of them. */
function read(object: object, key: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[key];
}
