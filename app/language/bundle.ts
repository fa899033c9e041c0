/**
 * Offers the declarations that cells are read against to the language worker, as they were installed when the
 * app was built: `import library from "virtual:type-library"`.
 */
import type { Plugin } from "vite";
import { collectTypes } from "./collectTypes.ts";

const VIRTUAL = "virtual:type-library";

export function typeLibrary(): Plugin {
  return {
    name: "type-library",
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    // Parsed from a string, which is quicker than reading it as code.
    load: (id) =>
      id === `\0${VIRTUAL}`
        ? `export default JSON.parse(${JSON.stringify(JSON.stringify(collectTypes()))});`
        : undefined,
  };
}
