/**
 * Images side by side in one picture, as they are shown under a cell. Pixels become squares or, of a large
 * image, every second, third … is taken: nothing is smoothed. Knows nothing of what the images are of.
 */
import type { Picture } from "./png.ts";

/** A picture's size at most: what a notebook has room for, and little enough for a document that keeps it. */
const WIDEST = 720;
const TALLEST = 480;
const GAP = 4;

export interface SheetImages {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: Picture["channels"];
  /** Gives, for one image, what puts its pixel into `into` from `at` on: gray or colour, and opacity. */
  painter(index: number): (pixel: number, into: Uint8Array, at: number) => void;
}

export interface SheetRules {
  readonly most: number;
  /** Images grow by whole numbers as long as they stay within the first, and shrink to fit the second. */
  readonly growTo: number;
  readonly shrinkTo: number;
}

export interface SheetLayout {
  /** Squares of so many pixels for each that is taken, and each how manieth is taken. */
  readonly scale: number;
  readonly step: number;
  /** What an image takes on the sheet, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly shown: number;
}

/** One picture alone may take the room that there is. */
export const ALONE: SheetRules = { most: 1, growTo: 224, shrinkTo: TALLEST };

export function layOut(
  { count, width, height }: Pick<SheetImages, "count" | "width" | "height">,
  { most, growTo, shrinkTo }: SheetRules,
): SheetLayout {
  const longest = Math.max(width, height);
  const scale = Math.max(1, Math.floor(growTo / longest));
  const step = Math.ceil(longest / shrinkTo);
  const size = { width: Math.ceil(width / step) * scale, height: Math.ceil(height / step) * scale };
  const columns = Math.min(count, fitting(WIDEST, size.width));
  const shown = Math.min(count, most, columns * fitting(TALLEST, size.height));
  return { scale, step, ...size, columns: Math.min(columns, shown), shown };
}

function fitting(room: number, size: number): number {
  return Math.floor((room + GAP) / (size + GAP));
}

/** What lies between the images lets the page through, light or dark. */
export function drawSheet(images: SheetImages, layout: SheetLayout): Picture {
  const { scale, step, columns, shown, ...cell } = layout;
  const { channels } = images;
  const rows = Math.ceil(shown / columns);
  const width = columns * (cell.width + GAP) - GAP;
  const height = rows * (cell.height + GAP) - GAP;
  const pixels = new Uint8Array(width * height * channels);
  for (let i = 0; i < shown; i++) {
    const paint = images.painter(i);
    const left = (i % columns) * (cell.width + GAP);
    const top = Math.floor(i / columns) * (cell.height + GAP);
    for (let y = 0; y < cell.height; y++) {
      const row = Math.floor(y / scale) * step * images.width;
      for (let x = 0; x < cell.width; x++) {
        paint(
          row + Math.floor(x / scale) * step,
          pixels,
          ((top + y) * width + left + x) * channels,
        );
      }
    }
  }
  return { width, height, channels, pixels };
}

/** "the first 60 are shown at 64×64", or "" where all are shown as they are. */
export function sheetWords(count: number, { shown, step, width, height }: SheetLayout): string {
  const first = shown === 1 ? "the first is shown" : `the first ${shown} are shown`;
  return [
    ...(shown < count ? [first] : step > 1 ? ["shown"] : []),
    ...(step > 1 ? [`at ${width}×${height}`] : []),
  ].join(" ");
}
