/** What the worker tells the page about loops: the capability "progress", parsed and bounded. */
import { asNumber, asRecord, asString } from "../../base/json.ts";
import type { LoopProgress } from "./loops.ts";

export const PROGRESS = "progress";

export type ProgressRequest =
  ({ readonly kind: "loop" } & LoopProgress) | { readonly kind: "over" };

const LONGEST_LABEL = 200;

export function parseProgressRequest(value: unknown): ProgressRequest {
  const request = asRecord(value) ?? {};
  if (request["kind"] === "over") return { kind: "over" };
  const label = asString(request["label"]);
  if (request["kind"] !== "loop" || label === undefined)
    throw new Error("This is not how far a loop is.");
  const leftMs = asNumber(request["leftMs"]);
  return {
    kind: "loop",
    label: label.slice(0, LONGEST_LABEL),
    fraction: part(request["fraction"]),
    leftMs: leftMs === undefined ? null : Math.max(0, leftMs),
    ...(request["open"] === true ? { open: true as const } : {}),
    step: part(request["step"]),
  };
}

function part(value: unknown): number {
  return Math.min(1, Math.max(0, asNumber(value) ?? 0));
}
