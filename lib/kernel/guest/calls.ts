/** Questions to the page that wait for an answer, and news for it that do not. */
import type { ToWorker } from "../protocol.ts";
import type { GuestWorld } from "./world.ts";

type Answer = Extract<ToWorker, { kind: "reply" | "refuse" }>;

export class Calls {
  readonly #world: Pick<GuestWorld, "post">;
  readonly #run: () => number;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #next = 0;

  /** `run`: the run of now, whose calls they are. */
  constructor(world: Pick<GuestWorld, "post">, run: () => number) {
    this.#world = world;
    this.#run = run;
  }

  call(capability: string, request: unknown, transfer?: Transferable[]): Promise<unknown> {
    const call = this.#next++;
    // Made here, so that its stack leads to the cell.
    const refused = new Error();
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, (answer) => {
        if (answer.kind === "reply") return resolve(answer.value);
        refused.message = answer.message;
        reject(refused);
      });
      this.#world.post({ kind: "call", run: this.#run(), call, capability, request }, transfer);
    });
  }

  tell(capability: string, request: unknown, transfer?: Transferable[]): void {
    const run = this.#run();
    this.#world.post({ kind: "call", run, call: null, capability, request }, transfer);
  }

  answer(answer: Answer): void {
    this.#waiting.get(answer.call)?.(answer);
    this.#waiting.delete(answer.call);
  }
}
