/** The editor's code, fetched once, apart from the page's. */
import type * as Editor from "./editor/editor.ts";

let loading: Promise<typeof Editor> | undefined;

export function loadEditor(): Promise<typeof Editor> {
  loading ??= import("./editor/editor.ts").catch((error: unknown) => {
    loading = undefined; // a failure is not kept
    throw error;
  });
  return loading;
}
