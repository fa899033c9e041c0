/**
 * Captured training beside TensorFlow.js alone. In Node, and with jax-js: once without kernels, where what is left is
 * JavaScript and the driver's part, again with another learning rate for each batch, and once on the machine's own adapter,
 * or on software's. In a browser: a cell that is logged and watched beside a bare worker.
 */
import { measureInBrowser } from "./capture/browser/measure.ts";
import { measureInNode } from "./capture/inNode.ts";
import type { Measured } from "./capture/measured.ts";
import { record } from "./figures.ts";

const parts: Readonly<Record<string, () => Promise<Measured>>> = {
  empty: () => measureInNode("empty"),
  rates: () => measureInNode("empty", "each batch"),
  kernels: () => measureInNode("real"),
  browser: measureInBrowser,
};

/** All parts, or the one that is named. */
export async function measure(named?: string): Promise<boolean> {
  if (named !== undefined && !(named in parts))
    throw new Error(`its parts are ${Object.keys(parts).join(", ")}`);
  console.log(`  ${new Date().toISOString().slice(0, 10)}`);
  const found: Record<string, object> = {};
  let ok = true;
  for (const [name, measurePart] of Object.entries(parts)) {
    if (named !== undefined && name !== named) continue;
    const result = await measurePart();
    found[name] = result.found;
    ok = result.ok && ok;
  }
  await record(named === undefined ? "capture" : `capture-${named}`, found);
  return ok;
}
