/** What a process is told to measure, and what it says that it found. */
import type { Adapter, AdapterKind } from "./adapter.ts";
import type { Fitted } from "./fitted.ts";
import type { ModelId } from "./models.ts";

/** How long a learning rate stays what it is. */
export type Rate = "always" | "each batch";

export interface Task {
  readonly adapter: AdapterKind;
  readonly rate: Rate;
  readonly model: ModelId;
  /** Counted from 0: the side that goes first changes each time. */
  readonly round: number;
}

export const SIDES = ["bare", "captured", "peer"] as const;
export type Side = (typeof SIDES)[number];

export interface Turn {
  readonly adapter: Adapter;
  /** In all of a fit. */
  readonly steps: number;
  readonly sides: { readonly [side in Side]?: Fitted };
  /** The largest of a weight between the captured and the bare one after all steps; without kernels there is none. */
  readonly difference?: number;
  /** The largest between TensorFlow.js's own fits, where the model is one that differs from itself. */
  readonly ofItself?: number;
}
