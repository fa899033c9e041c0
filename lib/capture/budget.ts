/**
 * How much memory programs may take, beside that of their models: each alone, and all of a device together, where those
 * that ran longest ago make room for new ones. In bytes.
 */

/** As much as many devices have for one buffer. */
export const MOST_ALONE = 2 ** 30;
export const MOST_TOGETHER = 2 * 2 ** 30;

interface Holder {
  readonly bytes: number;
  dispose(): void;
}

export class Budget {
  /** In the order of their last use. */
  readonly #holders = new Set<Holder>();
  readonly #most: number;

  constructor(most = MOST_TOGETHER) {
    this.#most = most;
  }

  /** Disposes of as many as need be for so many bytes more. */
  room(bytes: number): void {
    let held = [...this.#holders].reduce((all, one) => all + one.bytes, 0);
    for (const one of [...this.#holders]) {
      if (held + bytes <= this.#most) return;
      held -= one.bytes;
      one.dispose();
    }
  }

  used(holder: Holder): void {
    this.#holders.delete(holder);
    this.#holders.add(holder);
  }

  gone(holder: Holder): void {
    this.#holders.delete(holder);
  }
}

const budgets = new WeakMap<object, Budget>();

export function budgetOf(backend: object): Budget {
  const budget = budgets.get(backend) ?? new Budget();
  budgets.set(backend, budget);
  return budget;
}
