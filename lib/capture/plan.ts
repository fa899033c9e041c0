/** From the trace of a step to what a device is to do for it: the passes in their order, and nothing else. */
import { type Command, type Graph, fingerprint } from "./graph.ts";
import { fuse } from "./passes/fuse.ts";
import { order } from "./passes/order.ts";
import { dropUnused, mergeConstants, mergeRepeated, splitConstant } from "./passes/simplify.ts";
import { type Placement, place } from "./place.ts";

export interface Plan {
  readonly graph: Graph;
  /** Run once, ahead of the first step. */
  readonly once: readonly Command[];
  readonly placement: Placement;
  /** Equal for two steps that do the same. */
  readonly fingerprint: string;
}

export interface PlanOptions {
  /** Storage buffers that the device lets one kernel have. */
  readonly bindings: number;
  /** Off, every command stays as TensorFlow.js made it. */
  readonly fusing: boolean;
}

export function plan(traced: Graph, { bindings, fusing }: PlanOptions): Plan {
  const { once, each } = splitConstant(dropUnused(mergeRepeated(mergeConstants(traced))));
  const graph = order(fusing ? fuse(each, bindings) : each);
  return { graph, once, placement: place(graph, once), fingerprint: fingerprint(traced) };
}
