/** From the trace of a step to what a device is to do for it: the passes in their order, and nothing else. */
import type { Command, Graph } from "./graph.ts";
import { fuse } from "./passes/fuse.ts";
import { order } from "./passes/order.ts";
import { withOwnKernels } from "./passes/ownKernels.ts";
import { dropUnused, mergeConstants, mergeRepeated, splitConstant } from "./passes/simplify.ts";
import { type Placement, place } from "./place.ts";

export interface Plan {
  readonly graph: Graph;
  /** Run once, ahead of the first step. */
  readonly once: readonly Command[];
  readonly placement: Placement;
  /** Whether kernels that share no memory are among its. */
  readonly hasOwnKernels: boolean;
}

export interface PlanOptions {
  /** Storage buffers that the device lets one kernel have. */
  readonly bindings: number;
  /** Whether kernels that share no memory stand in for TensorFlow.js's. */
  readonly ownKernels: boolean;
  /** Off, every command stays as TensorFlow.js made it. */
  readonly fusing: boolean;
}

/** Memory that a program of it takes, beside its uniforms. */
export function bytesOf({ placement }: Plan): number {
  return placement.slots.reduce((all, size) => all + size, 0);
}

export function plan(traced: Graph, { bindings, ownKernels, fusing }: PlanOptions): Plan {
  const split = splitConstant(dropUnused(mergeRepeated(mergeConstants(traced))));
  const chosen = (commands: readonly Command[]): readonly Command[] =>
    ownKernels ? withOwnKernels(commands) : commands;
  const once = chosen(split.once);
  const each = { ...split.each, commands: chosen(split.each.commands) };
  const planned = (graph: Graph): Plan => {
    const ordered = order(graph);
    const placement = place(ordered, once);
    const hasOwnKernels = [...once, ...ordered.commands].some(
      ({ kernel }) => kernel.kind === "written",
    );
    return { graph: ordered, once, placement, hasOwnKernels };
  };
  if (!fusing) return planned(each);
  const hoped = planned(fuse(each, bindings, true));
  // Where a variable cannot be replaced in place after all, its kernel takes more bindings than were counted.
  return isWithin(hoped, bindings) ? hoped : planned(fuse(each, bindings, false));
}

function isWithin({ graph, placement }: Plan, bindings: number): boolean {
  return graph.commands.every(({ kernel, inputs, outputs }) => {
    if (kernel.kind !== "fused" || kernel.parts.length === 1) return true;
    const shared = outputs.filter((id) => inputs.includes(placement.inPlace.get(id) ?? NaN));
    return inputs.length + outputs.length - shared.length <= bindings;
  });
}
