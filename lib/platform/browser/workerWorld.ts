/** The kernel's worker as the guest runtime sees it: modules from blobs, messages through one port. */
import type { CellBody, GuestWorld } from "../../kernel/guest/world.ts";
import type { ToPage } from "../../kernel/protocol.ts";
import { turn } from "./turn.ts";

export function workerWorld(port: MessagePort): GuestWorld {
  return {
    load: loadBlob,
    post: (message: ToPage, transfer: Transferable[] = []) => port.postMessage(message, transfer),
    setRandom: (random) => void swapRandom(random),
    ...workerClock,
  };
}

export const workerClock: Pick<GuestWorld, "now" | "later" | "turn"> = {
  now: () => performance.now(),
  later(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  turn,
};

/** Puts another generator in the place of Math.random and gives back the one that was there. */
export function swapRandom(random: () => number): () => number {
  const old = Math.random;
  Math.random = random;
  return old;
}

async function loadBlob(code: string, name: string): Promise<CellBody> {
  const blob = new Blob([`${code}\n//# sourceURL=${name}`], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  try {
    const module = (await import(/* @vite-ignore */ url)) as { readonly default: CellBody };
    return module.default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
