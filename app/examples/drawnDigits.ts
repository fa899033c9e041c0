/** A lesson. */
import { lesson } from "./lesson.ts";

export const drawnDigits = lesson("x", "x", []);
