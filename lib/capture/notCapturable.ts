/** Why a step is left to TensorFlow.js itself. The words end the sentence "stock: …" that a run shows. */
export class NotCapturable extends Error {
  override readonly name = "NotCapturable";
  /** "not yet": the next step may be another matter, as the first makes what the others use. */
  readonly when: "never" | "not yet";

  constructor(why: string, when: NotCapturable["when"] = "never") {
    super(why);
    this.when = when;
  }
}

/**
 * A step written by hand did in its trace what cannot be taken back: it is for the cell to write it another way, for what
 * it holds now has no values.
 */
export class Spoilt extends Error {
  override readonly name = "Spoilt";

  constructor(what: string) {
    super(`capture(): the step ${what}. Keep what goes on from step to step in a tf.variable.`);
  }
}
