/** Folds long logs beside the server, so that neither people nor commits wait for it. */
import { parentPort } from "node:worker_threads";
import { foldLog } from "./foldLog.ts";
import type { FoldAnswer, FoldRequest } from "./threadedFold.ts";

parentPort?.on("message", ({ id, log }: FoldRequest) => {
  let answer: FoldAnswer;
  try {
    answer = { id, snapshot: foldLog(log) };
  } catch (error) {
    answer = { id, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
