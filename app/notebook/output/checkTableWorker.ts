/** The worker of checkTable: reads the bytes as the page would, and says whether it came through. */
import { type Expected, openShown } from "../../../lib/datasets/shownTable.ts";

const scope = self as unknown as {
  onmessage:
    | ((event: MessageEvent<{ readonly bytes: Uint8Array; readonly expected: Expected }>) => void)
    | null;
  postMessage(sound: boolean): void;
};

scope.onmessage = ({ data }) =>
  scope.postMessage(openShown(data.bytes, data.expected) !== undefined);
