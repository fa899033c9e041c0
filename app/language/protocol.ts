/** What the page tells the language worker, and what it hears from it. */
import type { Explanation, Finding, Hover, Place, SignatureHelp, Suggestions } from "./answers.ts";
import type { KnownDataset } from "./datasetTypes.ts";

/** A cell's text as it was at one moment; the page counts the moments. */
export interface CellVersion {
  readonly id: string;
  readonly version: number;
  readonly source: string;
}

export interface Answers {
  readonly suggest: Suggestions;
  readonly explain: Explanation;
  readonly hover: Hover;
  readonly signature: SignatureHelp;
  readonly definition: Place;
}

/** A question about a place of a cell, in offsets of its text; `name` says which suggestion is meant. */
export interface Question<Kind extends keyof Answers = keyof Answers> {
  readonly kind: Kind;
  readonly cell: string;
  readonly offset: number;
  readonly name?: string;
}

export type ToLanguage =
  /** Another notebook: everything from before is forgotten. "ready" answers the cells that come then. */
  | { readonly kind: "open" }
  /** All code cells in reading order, and the texts of those that have changed. */
  | {
      readonly kind: "cells";
      readonly order: readonly string[];
      readonly changed: readonly CellVersion[];
    }
  | { readonly kind: "datasets"; readonly datasets: readonly KnownDataset[] }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question };

export type FromLanguage =
  | { readonly kind: "ready" }
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly answer: Answers[keyof Answers] | undefined;
    }
  /** What is wrong with this version of a cell; said again only when it has changed. */
  | {
      readonly kind: "findings";
      readonly cell: string;
      readonly version: number;
      readonly findings: readonly Finding[];
    };
