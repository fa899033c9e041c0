/**
 * The chance in a traced step: which upload came of which draw of Math.random. What is a dropout's or a layer's noise, to the
 * bit, can be drawn again for each step; anything else drawn here would be the same in every replay, so the step is refused.
 */
import type { Origin, Scatter } from "./graph.ts";
import type { TensorFlow } from "./internals.ts";
import { scattered } from "./noise.ts";
import { NotCapturable } from "./notCapturable.ts";

/** Draws that belong together: those between two tensors that were written. */
export interface Drawing {
  /** How many draws there were before. */
  readonly nth: number;
  readonly draws: readonly number[];
}

const OTHER_CHANCE = "the step draws random numbers other than those of dropouts and noise";

export class Draws {
  readonly #tf: TensorFlow;
  readonly #scatters: readonly Scatter[];
  #state = 0x2545f491;
  #open: number[] = [];
  #drawn = 0;
  #explained = 0;

  /** `scatters`: what numbers the step may draw beside even ones. */
  constructor(tf: TensorFlow, scatters: readonly Scatter[]) {
    this.#tf = tf;
    this.#scatters = ["even", ...scatters];
  }

  /** Any numbers will do: a trace computes nothing. */
  readonly draw = (): number => {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    const drawn = this.#state / 2 ** 32;
    this.#open.push(drawn);
    this.#drawn++;
    return drawn;
  };

  /** Draws since the last call, which the tensor that is written now comes of. */
  take(): Drawing | undefined {
    const draws = this.#open;
    if (draws.length === 0) return undefined;
    this.#open = [];
    return { nth: this.#drawn - draws.length, draws };
  }

  /** TensorFlow.js seeds a generator of its own with one draw and fills the tensor from it. */
  explain({ nth, draws }: Drawing, data: Uint8Array): Origin {
    const values = new Float32Array(data.buffer);
    const [draw = 0, ...more] = draws;
    const scatter = this.#scatters.find((one) => {
      const again = scattered(this.#tf, one, values.length, draw);
      return values.every((value, i) => value === again[i]);
    });
    if (more.length > 0 || scatter === undefined) throw new NotCapturable(OTHER_CHANCE);
    this.#explained++;
    return { kind: "drawn", nth, count: values.length, scatter };
  }

  refuseUnexplained(): void {
    if (this.#explained !== this.#drawn) throw new NotCapturable(OTHER_CHANCE);
  }
}
