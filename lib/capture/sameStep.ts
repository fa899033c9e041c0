/** Tells whether two traces are of the same step: the same commands, on the same variables and tensors. */
import { fingerprint } from "./graph.ts";
import type { Outside, Traced } from "./trace.ts";

export function isSameStep(one: Traced, other: Traced): boolean {
  return (
    fingerprint(one.graph) === fingerprint(other.graph) &&
    areEqual(one.outside, other.outside, isSameOutside) &&
    areEqual(one.variables, other.variables, Object.is)
  );
}

function areEqual<One>(
  all: readonly One[],
  others: readonly One[],
  isEqual: (one: One, other: One) => boolean,
): boolean {
  return all.length === others.length && all.every((one, i) => isEqual(one, others[i] as One));
}

function isSameOutside(one: Outside, other: Outside): boolean {
  switch (one.kind) {
    case "variable":
      return other.kind === "variable" && one.variable === other.variable;
    case "input":
      return other.kind === "input" && one.input === other.input;
    case "tensor":
      return other.kind === "tensor" && one.dataId === other.dataId;
    case "held rate":
      return other.kind === "held rate" && one.optimizer === other.optimizer;
    case "rate":
      return other.kind === "rate" && one.optimizer === other.optimizer && one.sign === other.sign;
  }
}
