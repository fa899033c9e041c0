/**
 * Stopping a cell from within: every await of a cell's own code comes through `until`, which throws once the
 * person asked to stop. What is awaited gets a moment to end by itself first: a training that stops at its
 * next batch should still close its run.
 */
import type { GuestWorld } from "./world.ts";

const GRACE_MS = 300;

export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("Interrupted");
  }
}

/** Anything can be thrown, also what throws when it is looked at. */
export function isInterrupted(error: unknown): boolean {
  try {
    return error instanceof Interrupted;
  } catch {
    return false;
  }
}

export class Interruption {
  #requested = false;
  #over = false;
  readonly #waiting = new Set<(error: Interrupted) => void>();
  readonly #world: Pick<GuestWorld, "later">;

  constructor(world: Pick<GuestWorld, "later">) {
    this.#world = world;
  }

  get requested(): boolean {
    return this.#requested;
  }

  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    this.#world.later(GRACE_MS, () => {
      this.#over = true;
      for (const reject of this.#waiting) reject(new Interrupted());
      this.#waiting.clear();
    });
  }

  /** Throws where the cell should stop. */
  check(): void {
    if (this.#requested) throw new Interrupted();
  }

  /** What `await` waits for in a cell. */
  async until(value: unknown): Promise<unknown> {
    try {
      return await this.orStopped(value);
    } finally {
      this.check();
    }
  }

  /** The same where an end that comes in time is still good: it throws only once the moment of grace is over. */
  async orStopped<T>(value: T): Promise<Awaited<T>> {
    if (this.#over) throw new Interrupted();
    let stop: ((error: Interrupted) => void) | undefined;
    const stopped = new Promise<never>((_, reject) => this.#waiting.add((stop = reject)));
    try {
      return await Promise.race([value, stopped]);
    } finally {
      if (stop) this.#waiting.delete(stop);
    }
  }
}
