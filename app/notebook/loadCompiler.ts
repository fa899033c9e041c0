/** What reads and compiles cells, fetched once, apart from the page's code. */
import type { Compiler } from "../../lib/notebook/code.ts";

let loading: Promise<Compiler> | undefined;

export function loadCompiler(): Promise<Compiler> {
  loading ??= import("../../lib/kernel/compile.ts");
  return loading;
}
