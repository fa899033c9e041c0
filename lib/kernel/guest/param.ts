/** `param`: what a cell imports from "ensemble" to be steered by a control. Runs in the worker. */
import type { Guest, GuestModule } from "../capability.ts";
import { shownAs } from "../outputs/shows.ts";
import { type ParamControl, type ParamValue, controlJson, defineControl } from "../params.ts";

interface Shared {
  /** Moves it in this tab alone; otherwise it moves for everybody. What a cell made with it says its value, as always. */
  readonly private?: boolean;
}

interface NumberOptions extends Shared {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** "log" for what is thought of in factors: a learning rate. */
  readonly scale?: "linear" | "log";
}

/**
 * Draws a control where the cell calls it, and gives its value at once. Moving it marks what depends on it as
 * stale, or runs that, and it is a param of every run that the cell starts.
 *
 *     const rate = param("learning rate", 0.01, { min: 1e-4, max: 1, scale: "log" });  // a slider
 *     const epochs = param("epochs", 20);                                              // a number
 *     const loss = param("loss", "hinge", { options: ["hinge", "logLoss"] });          // a choice
 *     const shuffle = param("shuffle", true);                                          // a checkbox
 */
export interface Param {
  <const Option extends string | number>(
    name: string,
    initial: Option,
    options: Shared & { readonly options: readonly Option[] },
  ): Option;
  (name: string, initial: number, options?: NumberOptions): number;
  (name: string, initial: boolean, options?: Shared): boolean;
  (name: string, initial: string, options?: Shared): string;
}

export const paramGuest: GuestModule = (guest) => ({ param: paramFrom(guest) });

function paramFrom(guest: Guest): Param {
  /** In the cell that runs now; one control is drawn once, though a loop asks for it ten thousand times. */
  const drawn = new Set<string>();
  const param = (name: string, initial: ParamValue, options?: object): ParamValue => {
    const control = defineControl(name, initial, options);
    const value = guest.param(control);
    if (drawn.has(control.name)) return value;
    if (drawn.size === 0) guest.atCellEnd(() => drawn.clear());
    drawn.add(control.name);
    guest.display(new Drawn(control, value), { id: `param ${control.name}` });
    return value;
  };
  return param as Param;
}

class Drawn {
  readonly #control: ParamControl;
  readonly #value: ParamValue;

  constructor(control: ParamControl, value: ParamValue) {
    this.#control = control;
    this.#value = value;
  }

  [shownAs]() {
    return {
      "application/vnd.ensemble.control+json": controlJson(this.#control),
      "text/plain": `${this.#control.name}: ${String(this.#value)}`,
    } as const;
  }
}
