/** What the controls of a notebook's page move: given by the page, taken by each control, however deep it lies. */
import { getContext, setContext } from "svelte";
import type { Params } from "../../../lib/notebook/params.ts";

const KEY = Symbol("params");

export function provideParams(params: Params): void {
  setContext(KEY, params);
}

/** Undefined where a control is shown outside of a notebook. */
export function paramsHere(): Params | undefined {
  return getContext<Params | undefined>(KEY);
}
