/** What a worker is told to train, and what it says of it. Knows nothing of who trains. */
import type { ModelId } from "../models.ts";

/** The adapter's own, or emptied ones. */
export type Kernels = "empty" | "real";

export interface Work {
  readonly model: ModelId;
  readonly steps: number;
  /** The most; where there is `ms`, it ends with the first epoch that is over by then. */
  readonly epochs: number;
  readonly ms?: number;
}

export interface Adapter {
  readonly name: string;
  readonly isSoftware: boolean;
}

/** Of the later half of the fit's epochs. */
export interface Said {
  readonly steps: number;
  readonly wallUs: number;
  readonly dispatches: number;
  /** By the machine's clock, in ms. */
  readonly beganAt: number;
  readonly endedAt: number;
  /** Of the last epoch. */
  readonly loss: number;
  /** A digest of the bits of all of them; "" where nothing was computed. */
  readonly weights: string;
}

/** Set by the thread that trains, where what is looked at begins and ends. */
export const MARKS = { began: "work began", ended: "work ended" } as const;

export const SIDES = ["bare", "cell"] as const;

/** What a fit took, by the step, in its later half. */
export interface Fit extends Pick<Said, "steps" | "wallUs" | "dispatches" | "loss" | "weights"> {
  /** CPU time of the thread that trains, of the page's main thread, and of the browser's GPU process. */
  readonly workerUs: number;
  readonly mainUs: number;
  readonly gpuUs: number;
}

export type Turn = Readonly<Record<(typeof SIDES)[number], Fit>>;
