/**
 * Why data cannot be imported or read: facts and no prose. The app puts an import's failures in words
 * (app/datasets/sentences.ts); those of `dataset()` are worded beside it, for the author of the cell.
 */

/** `file` is the file's name; lines are counted from 1. */
export type ImportFailure =
  | { readonly code: "file-empty"; readonly file: string }
  | { readonly code: "only-header"; readonly file: string; readonly columns: number }
  | { readonly code: "not-a-table"; readonly file: string; readonly format: string | null }
  | { readonly code: "quote-open"; readonly file: string; readonly line: number }
  | {
      readonly code: "rows-too-long";
      readonly file: string;
      readonly columns: number;
      readonly rows: number;
      readonly of: number;
      readonly line: number;
    }
  | {
      readonly code: "too-many-columns";
      readonly file: string;
      readonly columns: number;
      readonly limit: number;
    }
  | {
      readonly code: "too-many-values";
      readonly file: string;
      readonly rows: number;
      readonly columns: number;
      readonly limit: number;
    }
  | { readonly code: "gzip-broken"; readonly file: string }
  | { readonly code: "file-unreadable"; readonly file: string }
  | {
      readonly code: "idx-length";
      readonly file: string;
      /** In bytes, of what is in the file when it is unpacked. */
      readonly expected: number;
      readonly actual: number;
    }
  /** `bytes`: whether its values are unsigned bytes, as they must be. */
  | {
      readonly code: "idx-unsupported";
      readonly file: string;
      readonly dimensions: number;
      readonly bytes: boolean;
    }
  | {
      readonly code: "idx-too-large";
      readonly file: string;
      readonly bytes: number;
      readonly limit: number;
    }
  | {
      readonly code: "idx-counts-differ";
      readonly imagesFile: string;
      readonly labelsFile: string;
      readonly images: number;
      readonly labels: number;
    }
  | { readonly code: "labels-alone"; readonly file: string }
  | { readonly code: "out-of-memory"; readonly file: string }
  /** It was read, and this browser could not keep it; `message` is the reason in its own words. */
  | { readonly code: "not-stored"; readonly file: string; readonly message: string }
  /** A bug of ours; `message` is what to report. */
  | { readonly code: "import-broke"; readonly file: string; readonly message: string }
  /** Two files of labels, or of images, of which nothing says which belongs to which. */
  | { readonly code: "pairs-unclear"; readonly files: readonly string[] };
