/** A value that changes. The domain's way of being watched; the app turns it into a rune (app/live.ts). */

/** `subscribe` tells when it has changed, and gives back how to stop. */
export interface Observable<T> {
  readonly current: T;
  subscribe(changed: () => void): () => void;
}

/** An Observable that its owner sets. Setting what it already is tells nobody. */
export class Settable<T> implements Observable<T> {
  #current: T;
  readonly #watching = new Set<() => void>();

  constructor(current: T) {
    this.#current = current;
  }

  get current(): T {
    return this.#current;
  }

  set(next: T): void {
    if (Object.is(next, this.#current)) return;
    this.#current = next;
    for (const changed of [...this.#watching]) changed();
  }

  subscribe(changed: () => void): () => void {
    this.#watching.add(changed);
    return () => void this.#watching.delete(changed);
  }
}
