/**
 * What the page and the room that draws charts say to each other. The page reads the room's words with care:
 * what another member put into a chart was at work there.
 */
import { asArray, asNumber, asRecord, asString } from "../../../lib/base/json.ts";
import type { Look } from "./look.ts";
import type { Spec } from "./spec.ts";

export interface DrawRequest {
  readonly spec: Spec;
  readonly look: Look;
  /** The room that there is, in CSS pixels, and how many pixels of the screen one of them has. */
  readonly width: number;
  readonly ratio: number;
}

/** What a pointer did, in the chart's own pixels. */
export interface ChartEvent {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly button: number;
  readonly buttons: number;
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

export type ToRoom =
  | { readonly kind: "font"; readonly family: string; readonly bytes: ArrayBuffer }
  | ({ readonly kind: "draw"; readonly chart: number } & DrawRequest)
  | { readonly kind: "point"; readonly chart: number; readonly events: readonly ChartEvent[] }
  | { readonly kind: "close"; readonly chart: number };

/** A picture of the chart; its size is in CSS pixels. */
export interface Painted {
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
}

export type Tip = readonly (readonly [name: string, text: string])[];

export type FromRoom =
  | {
      readonly kind: "drawn";
      readonly chart: number;
      readonly painted: Painted;
      /** What it listens to. */
      readonly listens: readonly string[];
    }
  | {
      readonly kind: "pointed";
      readonly chart: number;
      readonly painted: Painted | undefined;
      readonly tip: Tip;
      readonly cursor: string;
    }
  | { readonly kind: "failed"; readonly chart: number; readonly message: string };

const MOST_ROWS = 20;
const LONGEST = 300;

export function parseFromRoom(value: unknown): FromRoom | undefined {
  const message = asRecord(value);
  const chart = asNumber(message?.["chart"]);
  if (!message || chart === undefined) return undefined;
  const painted = parsePainted(message["painted"]);
  switch (message["kind"]) {
    case "drawn":
      return (
        painted && {
          kind: "drawn",
          chart,
          painted,
          listens: texts(message["listens"], 40),
        }
      );
    case "pointed":
      return {
        kind: "pointed",
        chart,
        painted,
        tip: asArray(message["tip"])
          .slice(0, MOST_ROWS)
          .map((row) => [text(asArray(row)[0]), text(asArray(row)[1])] as const),
        cursor: CURSORS.find((one) => one === message["cursor"]) ?? "default",
      };
    case "failed":
      return { kind: "failed", chart, message: text(message["message"]) };
    default:
      return undefined;
  }
}

const CURSORS =
  "default pointer crosshair move grab grabbing text ew-resize ns-resize nesw-resize nwse-resize col-resize row-resize".split(
    " ",
  );

function parsePainted(value: unknown): Painted | undefined {
  const painted = asRecord(value);
  const [width, height] = [asNumber(painted?.["width"]), asNumber(painted?.["height"])];
  const bitmap = painted?.["bitmap"];
  if (!(bitmap instanceof ImageBitmap) || width === undefined || height === undefined)
    return undefined;
  return { bitmap, width, height };
}

function texts(value: unknown, most: number): string[] {
  return asArray(value).slice(0, most).map(text);
}

function text(value: unknown): string {
  return (asString(value) ?? "").slice(0, LONGEST);
}
