/** The HTTP requests that are being answered, so that a server that stops ends them whole and takes no more. */
import type { ServerResponse } from "node:http";

export interface OpenRequests {
  /** One more; false where the server stops and takes none. */
  take(response: ServerResponse): boolean;
  stop(): void;
  /** Resolves when none is open. */
  ended(): Promise<void>;
}

export function openRequests(): OpenRequests {
  const open = new Set<ServerResponse>();
  const waiting: (() => void)[] = [];
  let stopped = false;
  return {
    take(response) {
      if (stopped) return false;
      open.add(response);
      response.once("close", () => {
        open.delete(response);
        if (open.size === 0) for (const resolve of waiting.splice(0)) resolve();
      });
      return true;
    },
    stop() {
      stopped = true;
      // A connection that is kept for another request would be cut off at its next one.
      for (const one of open) if (!one.headersSent) one.setHeader("connection", "close");
    },
    ended: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}
