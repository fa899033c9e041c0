/** A value that knows how it is shown, by a method that nobody meets by chance among its own. */
import type { MimeBundle } from "../mime.ts";

export const shownAs = Symbol("shownAs");

export interface Shows {
  /** What stands under the cell; a promise where it takes a while to make. */
  [shownAs](): MimeBundle | Promise<MimeBundle>;
}

export function isShows(value: object): value is Shows {
  return shownAs in value;
}
