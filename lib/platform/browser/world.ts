/** The real clock and real chance. */
import type { Platform } from "../../base/platform.ts";

export const browserWorld: Platform = {
  now: () => Date.now(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
