/**
 * A room that has grown over what the server takes. What is typed stays in this browser, what others do still
 * comes in; as soon as the room is small enough, whoever made it so, it is sent again.
 */
import * as Y from "yjs";
import type { Refused } from "../../sync/refusals.ts";

/** Measuring takes as long as sending: it waits until so many milliseconds have passed since the last change. */
const QUIET = 500;

export class HeldBack {
  readonly #doc: Y.Doc;
  readonly #fits: () => void;
  #refusal: Refused | undefined;
  /** What it has to come down to, bytes. */
  #limit = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #changed = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#measure(), QUIET);
  };

  /** `fits`: called once when a room that was held back is small enough. */
  constructor(doc: Y.Doc, fits: () => void) {
    this.#doc = doc;
    this.#fits = fits;
  }

  get refusal(): Refused | undefined {
    return this.#refusal;
  }

  hold(refusal: Refused): void {
    this.end();
    // A proxy in front of the server may close without a word: then anything smaller is worth a try.
    this.#refusal = refusal.code === "" ? { code: "frame-too-big" } : refusal;
    this.#limit = refusal.limit ?? Y.encodeStateAsUpdate(this.#doc).length - 1;
    this.#doc.on("update", this.#changed);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#doc.off("update", this.#changed);
    this.#refusal = undefined;
  }

  #measure(): void {
    if (Y.encodeStateAsUpdate(this.#doc).length > this.#limit) return;
    this.end();
    this.#fits();
  }
}
