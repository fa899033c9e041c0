/**
 * A failure a person can act on. Each domain has its own union of failures, with facts and no prose;
 * the app turns a code into a sentence. Anything else that is thrown is a bug and is shown as one.
 */
export interface Failure {
  readonly code: string;
}

export class AppError<F extends Failure = Failure> extends Error {
  override readonly name = "AppError";
  readonly failure: F;
  constructor(failure: F, cause?: unknown) {
    super(failure.code, { cause });
    this.failure = failure;
  }
}
