/** The document that Plot and d3 draw into inside the worker, where there is none. */
import { parseHTML } from "linkedom/worker";
import { PixelCanvas } from "./pixelCanvas.ts";

const made = parseHTML("<!doctype html><html><head></head><body></body></html>");
const createElement = made.document.createElement.bind(made.document) as (
  name: string,
  options?: ElementCreationOptions,
) => unknown;
// Rasters and colour ramps are painted, not drawn.
Object.assign(made.document, {
  createElement: (name: string, options?: ElementCreationOptions) =>
    name === "canvas" ? new PixelCanvas() : createElement(name, options),
});

export const document = made.document;
export const window = made.window;
