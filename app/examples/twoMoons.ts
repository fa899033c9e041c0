/** A lesson. */
import { lesson } from "./lesson.ts";

export const twoMoons = lesson("x", "x", []);
