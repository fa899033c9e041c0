/** Doing something later: the domain's way to wait, so that a test decides when later is. */
export interface Timers {
  /** Gives back how to leave it. A hidden tab may be late. */
  after(ms: number, act: () => void): () => void;
}
