/**
 * What a cell shows: MIME bundles, made in the worker, parsed and rendered by the page.
 * Each is plain JSON, so that it travels in a document to people who ran nothing.
 */
import type { Json } from "../base/json.ts";
import type { BlobManifest } from "../document/blobManifest.ts";

/** The same value in several forms, richest first by MIME_ORDER; always with a text form. */
export type MimeBundle = { readonly [mime in MimeType]?: Json };

export type MimeType =
  | "text/plain"
  | "text/markdown"
  | "text/html"
  | "image/svg+xml"
  | "image/png" // base64, as are the others
  | "image/jpeg"
  | "image/webp"
  | "image/gif"
  | "application/json"
  | "application/vnd.ensemble.table+json" // TableOutput
  | "application/vnd.ensemble.matrix+json" // MatrixOutput: a confusion matrix
  | "application/vnd.ensemble.tensor+json" // TensorOutput
  | "application/vnd.ensemble.model+json" // ModelOutput
  | "application/vnd.ensemble.tree+json" // TreeOutput
  | "application/vnd.vegalite.v6+json" // a Vega-Lite spec with its data
  | "application/vnd.ensemble.error+json" // ErrorOutput
  | "application/vnd.ensemble.console+json" // ConsoleOutput
  | "application/vnd.ensemble.control+json"; // ParamControl (params.ts); its value is in the notebook

export const MIME_ORDER: readonly MimeType[] = [
  "application/vnd.ensemble.error+json",
  "application/vnd.ensemble.console+json",
  "application/vnd.ensemble.control+json",
  "application/vnd.ensemble.table+json",
  "application/vnd.ensemble.matrix+json",
  "application/vnd.vegalite.v6+json",
  "image/svg+xml",
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "application/vnd.ensemble.tensor+json",
  "application/vnd.ensemble.model+json",
  "text/html",
  "text/markdown",
  "application/vnd.ensemble.tree+json",
  "application/json",
  "text/plain",
];

/** The first rows of a table; `rows` counts all of them. A missing value is null. */
export type TableOutput = {
  readonly columns: readonly {
    readonly name: string;
    readonly type: "number" | "text" | "boolean" | "date" | "other";
    /** How many letters its longest value takes, so that a column keeps its width. */
    readonly longest?: number;
  }[];
  readonly head: readonly (readonly Json[])[];
  readonly rows: number;
  /** How many columns the table has where these are only its first ones. */
  readonly width?: number;
  /** All of its rows, or the first ones that fit, as Arrow IPC in a blob of the workspace. */
  readonly whole?: { readonly rows: number; readonly blob: TableBlob };
  /** Why there are only the first rows. */
  readonly missing?: "too-much" | "stopped" | "not-kept";
};

export type TableBlob = { readonly [field in keyof BlobManifest]: BlobManifest[field] };

/** Counts, actual class down and predicted class across. */
export type MatrixOutput = {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
};

export type TensorOutput = {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** The first in order; where `columns` is less than the last axis, the first so many of each of its rows. */
  readonly values: readonly Json[];
  readonly columns?: number;
  /** Of the numbers in it; `odd` of its values are not finite. */
  readonly range?: { readonly min: number; readonly max: number; readonly odd: number };
  /** Where its shape is one of images. */
  readonly picture?: {
    readonly png: string; // base64
    readonly words: string;
    /** Whether the picture says more than the values do. */
    readonly first: boolean;
  };
};

/** A model's layers, in order. Numbers that are not known before it is built are null. */
export type ModelOutput = {
  readonly name: string;
  readonly layers: readonly {
    readonly name: string;
    readonly type: string;
    readonly output: string;
    readonly params: number | null;
    readonly trainable: boolean;
  }[];
  readonly params: number | null;
  readonly trainable: number | null;
  /** "adam, meanSquaredError", or "" where it is not compiled. */
  readonly compiled: string;
};

/** A value that opens level by level: a plain one, words for what has no parts, or its parts by name. */
export type TreeOutput =
  | string
  | number
  | boolean
  | null
  | { readonly says: string }
  | {
      /** "Map", "Float32Array", the name of a class; "" for a list and "{}" for a plain object. */
      readonly is: string;
      readonly count: number;
      /** The first ones; a part of a list or set has no name. */
      readonly of: readonly (readonly [name: string, part: TreeOutput])[];
    };

/** An error as a person sees it: 1-based line and column in the cell's own source. */
export type ErrorOutput = {
  readonly name: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Frames in cells only, innermost first; the machinery is left out. */
  readonly stack: readonly {
    readonly cell: string;
    readonly line: number;
    readonly column: number;
  }[];
};

export type ConsoleOutput = {
  readonly level: "log" | "info" | "warn" | "error" | "debug";
  readonly text: string;
};
