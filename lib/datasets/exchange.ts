/** What passes between a cell that reads a dataset and the page that has it; parsed at the page's end. */
import { AppError } from "../base/errors.ts";
import type { Digest } from "../base/ids.ts";
import { asRecord, asString } from "../base/json.ts";
import type { LookupFailure } from "./findDataset.ts";

export const DATASETS = "datasets";

export interface DatasetRequest {
  readonly name: string;
  /** The beginning of a digest; left out, the current version. */
  readonly version?: string;
}

export type DatasetReply =
  | { readonly ok: true; readonly name: string; readonly digest: Digest; readonly data: ReplyData }
  | { readonly ok: false; readonly failure: ReadFailure };

export type ReplyData =
  | { readonly kind: "table"; readonly table: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: "images";
      readonly images: Uint8Array<ArrayBuffer>;
      readonly labels: Uint8Array<ArrayBuffer> | undefined;
      readonly width: number;
      readonly height: number;
    };

export type ReadFailure =
  | LookupFailure
  /** The version is known, but its bytes are neither here nor to be had now. */
  | { readonly code: "bytes-not-here"; readonly name: string };

const LONGEST_NAME = 1_000;

/** Throws AppError "request-malformed". */
export function parseDatasetRequest(value: unknown): DatasetRequest {
  const record = asRecord(value);
  const name = asString(record?.["name"]);
  const version = record?.["version"];
  if (
    name === undefined ||
    name.length > LONGEST_NAME ||
    (version !== undefined && !isDigestStart(version))
  )
    throw new AppError({ code: "request-malformed", capability: DATASETS });
  return version === undefined ? { name } : { name, version };
}

export function isDigestStart(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{4,64}$/.test(value);
}
