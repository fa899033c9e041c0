/** The packages that a cell can import: they ship with the app, so that they work offline. */
import { nearest } from "./nearest.ts";

export const PACKAGES = [
  "@tensorflow/tfjs",
  "@observablehq/plot",
  "arquero",
  "d3",
  "ensemble",
] as const;

export type PackageName = (typeof PACKAGES)[number];

export function isPackage(name: string): name is PackageName {
  return (PACKAGES as readonly string[]).includes(name);
}

/** What to say to an import of anything else. */
export function unknownPackage(name: string): string {
  const close = nearest(name, PACKAGES);
  const meant = close === undefined ? "" : ` Did you mean "${close}"?`;
  const offered = PACKAGES.map((one) => `"${one}"`).join(", ");
  return `There is no package "${name}" here.${meant} A cell can import ${offered}.`;
}
