/**
 * What the kernel holds after each cell, for the page: every name with its value in words, how much there is in
 * tensors, and what earlier runs left behind. Without TensorFlow.js it tells of the names alone.
 */
import type * as tf from "@tensorflow/tfjs";
import type { RunMessage } from "../protocol.ts";
import type { HeldValues } from "../variables.ts";
import { IMPORTED, MOST_VARIABLES } from "../variables.ts";
import type { Packages } from "./cellScope.ts";
import { type Description, describeValue } from "./describe.ts";
import { LeftTensors, leaksIn } from "./leftTensors.ts";
import { Library } from "./library.ts";
import type { Names } from "./names.ts";
import { isObject } from "./own.ts";
import type { Root } from "./reach.ts";

export class Survey {
  readonly #names: Names;
  readonly #library: Library;
  readonly #tf: typeof tf | undefined;
  readonly #left: LeftTensors | undefined;
  /** What was global before any cell ran. */
  readonly #globals = new Set(Reflect.ownKeys(globalThis));
  /** By the last search. */
  #found: Pick<HeldValues, "leaks" | "searched"> = { leaks: [], searched: true };
  #run = 0;

  constructor(names: Names, packages: Packages) {
    this.#names = names;
    this.#library = new Library(packages);
    const tensorflow = packages["@tensorflow/tfjs"] as typeof tf | undefined;
    if (!tensorflow) return;
    this.#tf = tensorflow;
    this.#left = new LeftTensors(tensorflow, this.#library);
  }

  /** A cell begins to run, and reads these names. */
  begin(run: number, { cell, code, reads }: RunMessage): void {
    this.#run = run;
    this.#library.note(code);
    this.#left?.begin(cell, run, this.#names.runsOf(reads));
  }

  end(): void {
    this.#left?.end();
  }

  /** Cells that have no name left are gone. */
  forget(names: readonly string[]): void {
    for (const cell of this.#names.forget(names)) this.#left?.forget(cell);
  }

  /** `resting`: no cell runs. What one makes anew looks as if it were left, until it ends. */
  look(resting: boolean): HeldValues {
    const shown = this.#names.current();
    if (resting) this.#search();
    return {
      variables: shown
        .slice(0, MOST_VARIABLES)
        .map(({ name, cell, value }) => ({ name, cell, ...this.#describe(value) })),
      more: Math.max(0, shown.length - MOST_VARIABLES),
      memory: this.#left?.memory ?? null,
      ...this.#found,
    };
  }

  #search(): void {
    const found = this.#find();
    const leaks = found && this.#tf ? leaksIn(this.#tf, found) : [];
    this.#found = { leaks, searched: found !== undefined };
  }

  /** Disposes what was left behind, as it is now; what a name leads to again by now is not touched. */
  free(): void {
    for (const tensors of this.#find()?.values() ?? [])
      for (const tensor of tensors) if (!tensor.isDisposed) tensor.dispose();
  }

  #describe(value: unknown): Description {
    if (isObject(value) && this.#library.has(value))
      return { type: IMPORTED, preview: "", bytes: null, tensor: null };
    return describeValue(value);
  }

  #find(): ReturnType<LeftTensors["left"]> {
    return this.#left ? this.#left.left(this.#roots(), this.#run) : new Map();
  }

  #roots(): Root[] {
    const added = Reflect.ownKeys(globalThis)
      .filter((key) => !this.#globals.has(key))
      .map((key) => ({
        value: Reflect.getOwnPropertyDescriptor(globalThis, key)?.value as unknown,
        run: 0,
        open: false,
      }));
    return [...this.#names.everything(), ...added];
  }
}
