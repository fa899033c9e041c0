/**
 * The first images of a set side by side in one picture, as they are shown under a cell. Pixels become squares
 * or, of a large image, every second, third … is taken: nothing is smoothed.
 */
import { encodeBase64 } from "../base/base64.ts";
import type { MimeBundle } from "../kernel/mime.ts";
import { type Picture, compressPng } from "../kernel/png.ts";

const MOST_IMAGES = 60;
/** The sheet's size at most: what a notebook has room for, and little enough for a document that keeps it. */
const WIDEST = 720;
const TALLEST = 480;
const GAP = 4;
/** Images grow by whole numbers as long as they stay within the first, and shrink to fit the second. */
const GROW_TO = 64;
const SHRINK_TO = 128;
const GRAY_AND_OPACITY = 2;

interface Images {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** The pixels of one image, 0 to 255. */
  image(index: number): Uint8Array;
  toString(): string;
}

/** The picture with a line that says what it shows; the line alone where there are no images. */
export async function sheetBundle(images: Images): Promise<MimeBundle> {
  if (images.count === 0) return { "text/plain": images.toString() };
  const layout = layOut(images);
  const png = await compressPng(draw(images, layout));
  return { "image/png": encodeBase64(png), "text/plain": words(images, layout) };
}

interface Layout {
  /** Squares of so many pixels for each that is taken, and each how manieth is taken. */
  readonly scale: number;
  readonly step: number;
  /** What an image takes on the sheet, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly shown: number;
}

function layOut({ count, width, height }: Images): Layout {
  const longest = Math.max(width, height);
  const scale = Math.max(1, Math.floor(GROW_TO / longest));
  const step = Math.ceil(longest / SHRINK_TO);
  const size = { width: Math.ceil(width / step) * scale, height: Math.ceil(height / step) * scale };
  const columns = Math.min(count, fitting(WIDEST, size.width));
  const shown = Math.min(count, MOST_IMAGES, columns * fitting(TALLEST, size.height));
  return { scale, step, ...size, columns: Math.min(columns, shown), shown };
}

function fitting(room: number, size: number): number {
  return Math.floor((room + GAP) / (size + GAP));
}

/** What lies between the images lets the page through, light or dark. */
function draw(images: Images, { scale, step, columns, shown, ...cell }: Layout): Picture {
  const rows = Math.ceil(shown / columns);
  const width = columns * (cell.width + GAP) - GAP;
  const height = rows * (cell.height + GAP) - GAP;
  const pixels = new Uint8Array(width * height * GRAY_AND_OPACITY);
  for (let i = 0; i < shown; i++) {
    const image = images.image(i);
    const left = (i % columns) * (cell.width + GAP);
    const top = Math.floor(i / columns) * (cell.height + GAP);
    for (let y = 0; y < cell.height; y++) {
      const row = Math.floor(y / scale) * step * images.width;
      for (let x = 0; x < cell.width; x++) {
        const at = ((top + y) * width + left + x) * GRAY_AND_OPACITY;
        pixels[at] = image[row + Math.floor(x / scale) * step] ?? 0;
        pixels[at + 1] = 255;
      }
    }
  }
  return { width, height, channels: GRAY_AND_OPACITY, pixels };
}

function words(images: Images, { shown, step, width, height }: Layout): string {
  const first = shown === 1 ? "the first is shown" : `the first ${shown} are shown`;
  const said = [
    ...(shown < images.count ? [first] : step > 1 ? ["shown"] : []),
    ...(step > 1 ? [`at ${width}×${height}`] : []),
  ].join(" ");
  return said === "" ? images.toString() : `${images.toString()}, ${said}`;
}
