/** What a part of the benchmark comes to: whether all is reached, and what is kept of it. */
export interface Measured {
  readonly ok: boolean;
  readonly found: object;
}
