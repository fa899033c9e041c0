/**
 * What is sent to one socket within one task of the server leaves in one write: after a commit each person gets what
 * all the others did in one piece. Nothing waits for it: the write happens as soon as the task is done.
 */
import type { Writable } from "node:stream";

const gathering = new Set<Writable>();

/** To be called before each thing that is sent. */
export function gather(socket: Writable): void {
  if (gathering.has(socket)) return;
  if (gathering.size === 0) process.nextTick(flush);
  gathering.add(socket);
  socket.cork();
}

function flush(): void {
  for (const socket of gathering) socket.uncork();
  gathering.clear();
}
