/**
 * `progress` of "ensemble": goes through something and tells the page how far it is. It asks for no more than
 * the loop has: a plain loop is only counted, a `for await` also lets messages in, so that it can be stopped.
 */
import type { Guest, GuestModule } from "../capability.ts";
import { Interrupted } from "../guest/interruption.ts";
import { type Loop, loopProgress } from "./loops.ts";
import { PROGRESS, type ProgressRequest } from "./requests.ts";

export interface ProgressOptions {
  readonly label?: string;
  /** How many there are, where the thing itself does not say. */
  readonly total?: number;
}

/** Batches that come one after the other, as tf.data gives them. */
interface Batches<T> {
  iterator(): Promise<{ next(): Promise<IteratorResult<T>> }>;
}

/**
 * Goes through the items and shows how far it is, with the time that is left.
 *
 *     for (const row of progress(rows, "rows")) …
 *     for await (const batch of progress(dataset)) …   // can be interrupted between batches
 */
export interface Progress {
  <T>(items: Iterable<T>, options?: string | ProgressOptions): Iterable<T> & AsyncIterable<T>;
  <T>(items: AsyncIterable<T> | Batches<T>, options?: string | ProgressOptions): AsyncIterable<T>;
}

export interface ProgressWorld {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Lets messages and timers in that wait for their turn. */
  turn(): Promise<void>;
  later(ms: number, then: () => void): () => void;
}

const TELL_EVERY_MS = 100;
const TURN_EVERY_MS = 16;

export function progressGuest(world: ProgressWorld): GuestModule {
  return (guest) => {
    const bar = new Bar(world, guest);
    const progress = ((items: unknown, options: string | ProgressOptions = {}): unknown => {
      const { label = "", total } = typeof options === "string" ? { label: options } : options;
      const known = total ?? sizeOf(items);
      const plan = { label: String(label).slice(0, 80), total: wholeOf(known) };
      const through = { [Symbol.asyncIterator]: () => asyncThrough(items, plan, bar, world) };
      if (isIterable(items))
        return { ...through, [Symbol.iterator]: () => syncThrough(items, plan, bar) };
      if (isAsyncIterable(items) || isBatches(items)) return through;
      throw new TypeError(
        "progress() takes what can be gone through: a list, an iterable or a tf.data dataset.",
      );
    }) as Progress;
    return { progress };
  };
}

type Plan = Pick<Loop, "label" | "total">;

function* syncThrough<T>(items: Iterable<T>, plan: Plan, bar: Bar): Generator<T, void> {
  const loop = bar.begin(plan);
  try {
    for (const item of items) {
      yield item;
      bar.step(loop);
    }
  } finally {
    bar.end(loop);
  }
}

async function* asyncThrough(
  items: unknown,
  plan: Plan,
  bar: Bar,
  world: ProgressWorld,
): AsyncGenerator<unknown, void> {
  const loop = bar.begin(plan);
  let turnedAt = world.now();
  try {
    for await (const item of each(items)) {
      yield item;
      bar.step(loop);
      if (world.now() - turnedAt < TURN_EVERY_MS) continue;
      await world.turn();
      turnedAt = world.now();
      bar.check();
    }
  } finally {
    bar.end(loop);
  }
}

function each(items: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  if (isAsyncIterable(items) || isIterable(items)) return items;
  return batchesOf(items as Batches<unknown>);
}

async function* batchesOf(items: Batches<unknown>): AsyncGenerator<unknown, void> {
  const iterator = await items.iterator();
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    yield next.value;
  }
}

/** The loops that are on, outermost first, and what the page was told of them. */
class Bar {
  readonly #world: ProgressWorld;
  readonly #guest: Guest;
  readonly #loops: { -readonly [key in keyof Loop]: Loop[key] }[] = [];
  #watching = false;
  #toldAt = -TELL_EVERY_MS;
  #told = false;
  #cancel: (() => void) | undefined;

  constructor(world: ProgressWorld, guest: Guest) {
    this.#world = world;
    this.#guest = guest;
  }

  begin(plan: Plan): Loop {
    if (!this.#watching) {
      this.#watching = true;
      // A loop that is left without a word, because its cell was stopped, is no other cell's outer loop.
      this.#guest.atCellEnd(() => {
        this.#watching = false;
        this.#clear();
      });
    }
    const loop = { ...plan, startedAt: this.#world.now(), done: 0 };
    this.#loops.push(loop);
    this.#changed();
    return loop;
  }

  step(loop: Loop): void {
    this.check();
    const own = this.#loops.find((one) => one === loop);
    if (!own) return;
    own.done++;
    this.#changed();
  }

  end(loop: Loop): void {
    const at = this.#loops.findIndex((one) => one === loop);
    if (at < 0) return;
    this.#loops.splice(at);
    if (this.#loops.length === 0) return this.#clear();
    // The item of the loop around it is not done before that loop says so: the bar does not go back.
    this.#cancel?.();
    this.#cancel = undefined;
  }

  check(): void {
    if (this.#guest.interrupted) throw new Interrupted();
  }

  #changed(): void {
    const wait = this.#toldAt + TELL_EVERY_MS - this.#world.now();
    if (wait <= 0) this.#tell();
    else this.#cancel ??= this.#world.later(wait, () => this.#tell());
  }

  #tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#loops.length === 0) return;
    this.#toldAt = this.#world.now();
    this.#told = true;
    this.#send({ kind: "loop", ...loopProgress(this.#loops, this.#toldAt) });
  }

  #clear(): void {
    this.#loops.length = 0;
    this.#cancel?.();
    this.#cancel = undefined;
    // What was too short to be told of need not be taken back.
    if (this.#told) this.#send({ kind: "over" });
    this.#told = false;
  }

  #send(request: ProgressRequest): void {
    if (this.#guest.cell !== undefined) this.#guest.tell(PROGRESS, request);
  }
}

/** A length that the thing itself tells: of lists, maps and sets, tables and tf.data's datasets. */
function sizeOf(items: unknown): unknown {
  if (typeof items === "string") return items.length;
  if (typeof items !== "object" || items === null) return undefined;
  if ("length" in items) return items.length;
  if ("numRows" in items) return (items as { numRows(): unknown }).numRows();
  return "size" in items ? items.size : undefined;
}

function wholeOf(total: unknown): number | undefined {
  return typeof total === "number" && Number.isFinite(total) && total >= 0
    ? Math.floor(total)
    : undefined;
}

function isIterable(items: unknown): items is Iterable<unknown> {
  return items != null && typeof (items as Iterable<unknown>)[Symbol.iterator] === "function";
}

function isAsyncIterable(items: unknown): items is AsyncIterable<unknown> {
  return (
    items != null && typeof (items as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function"
  );
}

function isBatches(items: unknown): items is Batches<unknown> {
  return items != null && typeof (items as Partial<Batches<unknown>>).iterator === "function";
}
