/**
 * A node's looks into the store: for what a bus lost, and for everything while it is away. Rare while it works,
 * two a second while it does not, one question for all rooms each time.
 */
import type { Access } from "./access.ts";
import type { Bus } from "./bus/bus.ts";
import { limits } from "./limits.ts";
import type { Rooms } from "./rooms.ts";

/** Gives back how to stop it. */
export function keepUp(
  bus: Bus,
  rooms: Pick<Rooms, "catchUp" | "greetNodes">,
  access: Pick<Access, "catchUp">,
): () => void {
  if (bus.alone) return () => undefined;
  let looking = false;
  let lookedAt = performance.now();

  // A store that does not answer is asked again; whoever wants to write is told by the write itself.
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    await Promise.allSettled([rooms.catchUp(), access.catchUp()]);
    lookedAt = performance.now();
    looking = false;
  };
  const timer = setInterval(() => {
    if (!bus.connected || performance.now() - lookedAt >= limits.lookMs) void look();
  }, limits.lookAwayMs).unref();
  bus.onReturn(() => {
    rooms.greetNodes();
    void look();
  });
  return () => clearInterval(timer);
}
