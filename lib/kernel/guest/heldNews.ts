/**
 * When the page is told what the kernel holds: when a cell has ended, and of many in a row so seldom that looking takes
 * a tenth of the time at most. A notebook that runs from top to bottom does not wait for it.
 */
import type { HeldValues } from "../variables.ts";
import type { GuestWorld } from "./world.ts";

const PAUSE = 9;

export class HeldNews {
  readonly #world: Pick<GuestWorld, "now" | "later" | "post">;
  readonly #look: () => HeldValues;
  #next = -Infinity;
  #leave: (() => void) | undefined;

  constructor(world: Pick<GuestWorld, "now" | "later" | "post">, look: () => HeldValues) {
    this.#world = world;
    this.#look = look;
  }

  /** Something else may be held now. */
  due(): void {
    const wait = this.#next - this.#world.now();
    if (wait > 0) this.#leave ??= this.#world.later(wait, () => this.#tell());
    else this.#tell();
  }

  #tell(): void {
    this.#leave?.();
    this.#leave = undefined;
    const began = this.#world.now();
    this.#world.post({ kind: "held", held: this.#look() });
    const ended = this.#world.now();
    this.#next = ended + PAUSE * (ended - began);
  }
}
