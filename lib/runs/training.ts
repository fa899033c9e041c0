/**
 * How a run's fits came to their numbers: from a captured program, or as TensorFlow.js runs them. The numbers are the
 * same, so it is a fact about the run, as its device is, and tells no two runs apart. It stands among the params, which
 * are written once, and whoever reads those parts it from them here.
 */
import type { RunParams } from "../document/runsDoc.ts";

export type Training =
  | { readonly how: "captured" }
  /** As TensorFlow.js runs it, for this reason. */
  | { readonly how: "stock"; readonly why: string };

const NAME = "training";
const CAPTURED = "captured";
const STOCK = "stock: ";

export function trainingParam(training: Training): RunParams {
  return { [NAME]: training.how === "captured" ? CAPTURED : STOCK + training.why };
}

/** Undefined where it is not known, and where a cell has a param of its own by that name. */
export function trainingOf(params: RunParams): Training | undefined {
  const said = params[NAME];
  if (said === CAPTURED) return { how: "captured" };
  if (typeof said !== "string" || !said.startsWith(STOCK)) return undefined;
  return { how: "stock", why: said.slice(STOCK.length) };
}

/** The params without it. */
export function chosenParams(params: RunParams): RunParams {
  if (!trainingOf(params)) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== NAME));
}
