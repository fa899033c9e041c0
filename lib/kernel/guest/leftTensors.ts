/**
 * Tensors by the run of the cell that made them, and which of them nobody can reach any more. What may still be held
 * out of sight (in a closure, a data set, an object with private parts) counts as held: see reach.ts.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Leak } from "../variables.ts";
import type { Library } from "./library.ts";
import { type Root, reachFrom } from "./reach.ts";

type Tensor = tf.Tensor;

interface Engine {
  trackTensor(tensor: Tensor, backend: unknown): void;
  disposeTensor(tensor: Tensor): void;
}

interface Run {
  readonly cell: string;
  /** The runs whose names it read. */
  readonly used: readonly number[];
  readonly made: Map<Tensor | WeakRef<Tensor>, number>;
}

/** So much is kept for the button that frees it; what is beyond may be collected as if nobody watched. */
const MOST_KEPT = 20_000;
const MOST_BYTES = 256 * 2 ** 20;

export class LeftTensors {
  readonly #tf: typeof tf;
  readonly #library: Library;
  readonly #runs = new Map<number, Run>();
  readonly #latest = new Map<string, number>();
  /** By which run a holder was there. */
  readonly #since = new WeakMap<object, number>();
  readonly #runOf = new WeakMap<Tensor, Run>();
  #running: Run | undefined;
  #kept = 0;
  #bytes = 0;

  constructor(tensorflow: typeof tf, library: Library) {
    this.#tf = tensorflow;
    this.#library = library;
    const engine = tensorflow.engine() as unknown as Engine;
    const track = engine.trackTensor.bind(engine);
    const dispose = engine.disposeTensor.bind(engine);
    engine.trackTensor = (tensor, backend) => {
      track(tensor, backend);
      if (this.#running) this.#made(tensor, this.#running);
    };
    engine.disposeTensor = (tensor) => {
      dispose(tensor);
      this.#gone(tensor);
    };
  }

  get memory(): { readonly tensors: number; readonly bytes: number } {
    const { numTensors: tensors, numBytes: bytes } = this.#tf.memory();
    return { tensors, bytes };
  }

  begin(cell: string, run: number, used: readonly number[]): void {
    this.#running = { cell, used, made: new Map() };
    this.#runs.set(run, this.#running);
    this.#latest.set(cell, run);
  }

  end(): void {
    this.#running = undefined;
  }

  /** The cell is gone: even what its last run made is of an earlier run. */
  forget(cell: string): void {
    this.#latest.delete(cell);
  }

  /** What earlier runs left; undefined where there was too much to look through. */
  left(roots: readonly Root[], now: number): ReadonlyMap<Run, readonly Tensor[]> | undefined {
    const { tensors, holders, whole } = reachFrom(roots, this.#library);
    const held = new Set(this.#latest.values());
    const secretive = new Set<number>();
    for (const holder of holders) {
      const since = this.#since.get(holder.object) ?? now;
      this.#since.set(holder.object, since);
      for (const run of this.#before(since)) held.add(run);
      if (holder.secretive) secretive.add(since).add(holder.run);
    }
    if (!whole) return undefined;
    const left = new Map<Run, readonly Tensor[]>();
    for (const [number, run] of this.#runs) {
      if (this.#latest.get(run.cell) === number) continue;
      const lost = this.#alive(run);
      if (lost.length === 0) this.#runs.delete(number);
      else if (!held.has(number) && ![...this.#before(number)].some((one) => secretive.has(one)))
        left.set(
          run,
          lost.filter((tensor) => !tensors.has(tensor)),
        );
    }
    return left;
  }

  /** The run and all that it may have taken values from. */
  #before(run: number): Set<number> {
    const found = new Set([run]);
    for (const one of found) for (const used of this.#runs.get(one)?.used ?? []) found.add(used);
    return found;
  }

  #alive(run: Run): Tensor[] {
    const alive: Tensor[] = [];
    for (const one of run.made.keys()) {
      const tensor = one instanceof WeakRef ? one.deref() : one;
      if (tensor && !tensor.isDisposed) alive.push(tensor);
      else run.made.delete(one);
    }
    return alive;
  }

  #made(tensor: Tensor, run: Run): void {
    const bytes = bytesOf(this.#tf, tensor);
    run.made.set(tensor, bytes);
    this.#runOf.set(tensor, run);
    this.#kept++;
    this.#bytes += bytes;
    if (this.#kept > MOST_KEPT || this.#bytes > MOST_BYTES) this.#loosen();
  }

  #gone(tensor: Tensor): void {
    const run = this.#runOf.get(tensor);
    const bytes = run?.made.get(tensor);
    if (!run || bytes === undefined) return;
    run.made.delete(tensor);
    this.#kept--;
    this.#bytes -= bytes;
  }

  /** The oldest half is watched, and kept no longer. */
  #loosen(): void {
    const [kept, bytes] = [this.#kept / 2, this.#bytes / 2];
    for (const run of this.#runs.values())
      for (const [one, size] of run.made) {
        if (this.#kept <= kept && this.#bytes <= bytes) return;
        if (one instanceof WeakRef) continue;
        run.made.delete(one);
        run.made.set(new WeakRef(one), size);
        this.#kept--;
        this.#bytes -= size;
      }
  }
}

/** What was left, by cell; `bytes` are those of all tensors of it. */
export function leaksIn(
  tensorflow: typeof tf,
  left: ReadonlyMap<{ readonly cell: string }, readonly Tensor[]>,
): Leak[] {
  const leaks = new Map<string, Leak>();
  for (const [{ cell }, lost] of left) {
    if (lost.length === 0) continue;
    const before = leaks.get(cell) ?? { cell, tensors: 0, bytes: 0, runs: 0 };
    leaks.set(cell, {
      cell,
      tensors: before.tensors + lost.length,
      bytes: before.bytes + lost.reduce((sum, one) => sum + bytesOf(tensorflow, one), 0),
      runs: before.runs + 1,
    });
  }
  return [...leaks.values()];
}

function bytesOf(tensorflow: typeof tf, { dtype, size }: Tensor): number {
  return dtype === "string" ? 0 : size * tensorflow.util.bytesPerElement(dtype);
}
