/**
 * How a run's fits came to their numbers: from a captured program, or as TensorFlow.js runs them. The numbers are the
 * same, so it is a fact about the run, as its device is, and tells no two runs apart. It stands among the params, which
 * are written once, and whoever reads those parts it from them here.
 */
import type { RunParams } from "../document/runsDoc.ts";

export interface Training {
  /** From a program, or as TensorFlow.js runs it. */
  readonly how: "captured" | "stock";
  /** How large the program is, or why there is none. */
  readonly about: string;
}

const NAME = "training";

export function trainingParam({ how, about }: Training): RunParams {
  return { [NAME]: `${how}: ${about}` };
}

/** Undefined where it is not known, and where a cell has a param of its own by that name. */
export function trainingOf(params: RunParams): Training | undefined {
  const said = params[NAME];
  if (typeof said !== "string") return undefined;
  for (const how of ["captured", "stock"] as const)
    if (said.startsWith(`${how}: `)) return { how, about: said.slice(how.length + 2) };
  return undefined;
}

/** The params without it. */
export function chosenParams(params: RunParams): RunParams {
  if (!trainingOf(params)) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== NAME));
}
