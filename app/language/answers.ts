/**
 * What the language worker says of a cell, in offsets of the cell's own text. Plain values that can be posted.
 */

export interface Suggestion {
  readonly label: string;
  readonly kind: string;
  /** Its type, or the cell that declares it. */
  readonly detail?: string;
  /** The cell that declares it. */
  readonly cell?: string;
  /** What comes first among equals; 0 is usual. */
  readonly boost: number;
  /** What is written instead of the label, and over which text. */
  readonly insert?: { readonly text: string; readonly from: number; readonly to: number };
  /** A line to write at the top of the cell as well: the import that it needs. */
  readonly line?: string;
}

export interface Suggestions {
  readonly from: number;
  /** They are members of something, or what fits between quotes: nothing else belongs among them. */
  readonly closed: boolean;
  readonly list: readonly Suggestion[];
}

/** A declaration as TypeScript writes it, and what its author said of it. */
export interface Explanation {
  readonly code: string;
  readonly words: string;
}

export interface Hover extends Explanation {
  readonly from: number;
  readonly to: number;
}

export interface SignatureHelp {
  /** Where the arguments begin: as long as this stays the same, it is the same call. */
  readonly from: number;
  readonly code: string;
  /** The argument that is being written, as a range of `code`. */
  readonly argument?: { readonly from: number; readonly to: number };
  readonly words: string;
  /** How many ways there are to call it, and which one this is, from 1. */
  readonly overloads: { readonly nth: number; readonly of: number };
}

export interface Finding {
  readonly from: number;
  readonly to: number;
  /** A text that cannot be read is an error. Types that disagree are a warning: the cell runs all the same. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** A line at the top of the cell that mends it. */
  readonly line?: string;
}

export interface Place {
  readonly cell: string;
  readonly offset: number;
}
