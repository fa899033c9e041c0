/** The one thread that touches the SQLite file. It answers batches in the order in which they come. */
import { parentPort, workerData } from "node:worker_threads";
import { type StoreAnswer, type StoreRequest, answerRequest } from "./storeRequests.ts";
import { openSqlite } from "./sqlite.ts";

const port = parentPort;
if (!port) throw new Error("the store's thread was started without a parent");
const { path } = workerData as { path: string };

try {
  const file = openSqlite(path);
  port.on("message", (request: StoreRequest) => {
    const answer: StoreAnswer = answerRequest(file, request);
    port.postMessage(answer);
    if (request.kind === "close") port.close();
  });
  port.postMessage({ kind: "open" } satisfies StoreAnswer);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  port.postMessage({ kind: "failed", message } satisfies StoreAnswer);
}
