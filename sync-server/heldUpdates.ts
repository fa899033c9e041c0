/** Which of a room's updates its document holds: all up to a number, and some after it that came early. */
export class HeldUpdates {
  #upTo: number;
  #latest: number;
  readonly #early = new Set<number>();

  constructor(upTo: number) {
    this.#upTo = upTo;
    this.#latest = upTo;
  }

  /** Everything up to this number is held. */
  get upTo(): number {
    return this.#upTo;
  }

  /** The room has updates that are not here. */
  get behind(): boolean {
    return this.#upTo < this.#latest;
  }

  /** The update of this number is here now; false where it was before. */
  add(seq: number): boolean {
    if (seq <= this.#upTo || this.#early.has(seq)) return false;
    this.hearOf(seq);
    if (seq === this.#upTo + 1) this.raise(seq);
    else this.#early.add(seq);
    return true;
  }

  /** Somewhere the room has this number. */
  hearOf(seq: number): void {
    if (seq > this.#latest) this.#latest = seq;
  }

  /** Everything up to this number is here now. */
  raise(upTo: number): void {
    this.hearOf(upTo);
    if (upTo > this.#upTo) this.#upTo = upTo;
    if (this.#early.size === 0) return;
    for (const seq of this.#early) if (seq <= this.#upTo) this.#early.delete(seq);
    while (this.#early.delete(this.#upTo + 1)) this.#upTo++;
  }
}
