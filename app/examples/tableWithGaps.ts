/** A lesson. */
import { lesson } from "./lesson.ts";

export const tableWithGaps = lesson("x", "x", []);
