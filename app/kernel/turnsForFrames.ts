/**
 * TensorFlow.js lets other things happen by waiting for a frame, and takes the function for it when it is
 * loaded. A worker has no frames to wait for, and a hidden tab has none at all: here one is the next task.
 */
import { turn } from "../../lib/platform/browser/turn.ts";

globalThis.requestAnimationFrame = (callback) => {
  void turn().then(() => callback(performance.now()));
  return 0;
};
