/** A deterministic world for tests: time moves only when told to, and chance comes from a seed. */
import type { Platform } from "../base/platform.ts";

export function memoryPlatform(seed = 1): Platform & { tick(ms: number): void } {
  let time = Date.UTC(2026, 0, 1);
  let state = seed;
  const next = (): number => (state = (state * 48271) % 2147483647);
  return {
    now: () => time,
    tick: (ms) => void (time += ms),
    randomBytes: (count) => Uint8Array.from({ length: count }, () => (next() >> 8) & 255),
  };
}
