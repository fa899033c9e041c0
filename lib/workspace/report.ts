/** What a client tells the audit log of: acts that happen in documents or on a disk, where no server sees them. */
import { asNumber, asRecord, asString } from "../base/json.ts";

const KINDS = ["import", "delete", "restore", "export"] as const;
const THINGS = ["notebook", "dataset", "run", "workspace"] as const;

export interface ReportedAct {
  readonly kind: (typeof KINDS)[number];
  /** What was imported, deleted, taken back or exported. */
  readonly what: (typeof THINGS)[number];
  readonly id: string;
  readonly name: string;
}

/** An act on its way to the server. */
export interface Report extends ReportedAct {
  /** Random: a report that is delivered twice counts once. */
  readonly report: string;
  /** When it happened, by the device's own clock, milliseconds since 1970. */
  readonly at: number;
}

/** How many reports one delivery may hold, and how many wait on a device at most. */
export const MOST_REPORTS = 100;
const MAX_ID = 64;
const MAX_NAME = 200;

/** A report of known shape and sane size, its words cut to a length that fits a list; undefined where it is none. */
export function parseReport(value: unknown): Report | undefined {
  const record = asRecord(value);
  const kind = KINDS.find((one) => one === record?.["kind"]);
  const what = THINGS.find((one) => one === record?.["what"]);
  const [id, name] = [asString(record?.["id"]), asString(record?.["name"])];
  const [report, at] = [asString(record?.["report"]), asNumber(record?.["at"])];
  if (!kind || !what || id === undefined || name === undefined || at === undefined)
    return undefined;
  if (report === undefined || !/^[\w-]{16,40}$/.test(report) || id.length > MAX_ID)
    return undefined;
  return { kind, what, id, name: name.slice(0, MAX_NAME), report, at };
}
