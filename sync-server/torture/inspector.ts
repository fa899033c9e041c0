/** What a server that was started with --inspect holds in memory, after everything that can be let go of was. */
import { WebSocket } from "ws";
import { must } from "./torture.ts";

export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  /** Outside of the heap: buffers that wait in sockets, above all. */
  readonly external: number;
}

/** `said`: what the server said on stderr, where its inspector's address stands. */
export async function memoryAfterGc(said: string): Promise<Memory> {
  const url = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(said)?.[0];
  must(url !== undefined, "the server has no inspector");
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  let id = 0;
  const call = (method: string, params: object = {}): Promise<unknown> => {
    const mine = ++id;
    socket.send(JSON.stringify({ id: mine, method, params }));
    return new Promise((resolve) => {
      const hear = (data: Buffer): void => {
        const answer = JSON.parse(data.toString()) as { id?: number; result?: unknown };
        if (answer.id !== mine) return;
        socket.off("message", hear);
        resolve(answer.result);
      };
      socket.on("message", hear);
    });
  };
  try {
    for (let i = 0; i < 3; i++) await call("HeapProfiler.collectGarbage");
    const expression = "JSON.stringify(process.memoryUsage())";
    const { result } = (await call("Runtime.evaluate", { expression })) as {
      result: { value: string };
    };
    return JSON.parse(result.value) as Memory;
  } finally {
    socket.close();
  }
}
