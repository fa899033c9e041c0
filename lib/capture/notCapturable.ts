/** Why a step is left to TensorFlow.js itself. The words end the sentence "stock: …" that a run shows. */
export class NotCapturable extends Error {
  override readonly name = "NotCapturable";
  /** "not yet": the next step may be another matter, as the first makes what the others use. */
  readonly when: "never" | "not yet";

  constructor(why: string, when: "never" | "not yet" = "never") {
    super(why);
    this.when = when;
  }
}
