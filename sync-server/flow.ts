/**
 * How fast a socket is read: no faster than its share of messages, and not while too much of what it sent
 * is on its way to the disk. Who sends too much is read slower, never cut off.
 */
import { limits } from "./limits.ts";

export interface Flow {
  /** One message came. */
  count(): void;
  hold(bytes: number): void;
  release(bytes: number): void;
  end(): void;
}

export function flowOf(
  socket: { pause(): void; resume(): void },
  now: () => number = () => performance.now(),
): Flow {
  let tokens: number = limits.messageBurst;
  let countedAt = now();
  let held = 0;
  let timer: NodeJS.Timeout | undefined;
  let paused = false;

  const update = (): void => {
    const stop = held > limits.heldBytes || timer !== undefined;
    if (stop === paused) return;
    paused = stop;
    if (stop) socket.pause();
    else socket.resume();
  };

  return {
    count() {
      const at = now();
      const refilled = tokens + ((at - countedAt) / 1000) * limits.messagesPerSecond;
      tokens = Math.min(limits.messageBurst, refilled) - 1;
      countedAt = at;
      if (tokens >= 0 || timer) return;
      // Long enough for a tenth of a second's messages, so that a busy socket is not woken for each.
      timer = setTimeout(() => {
        timer = undefined;
        update();
      }, 100);
      update();
    },
    hold(bytes) {
      held += bytes;
      update();
    },
    release(bytes) {
      held -= bytes;
      update();
    },
    end: () => clearTimeout(timer),
  };
}
