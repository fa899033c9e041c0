/** What holds pixels or is a picture's file: ImageData, canvases, bitmaps and blobs, alone or several in a list. */
import { encodeBase64 } from "../../base/base64.ts";
import type { MimeBundle, MimeType } from "../mime.ts";
import { compressPng } from "../png.ts";
import { itemsOf } from "./fields.ts";
import { ALONE, type SheetRules, drawSheet, layOut, sheetWords } from "../sheet.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** A canvas or bitmap, as far as it can be drawn onto a canvas. */
type Drawable = OffscreenCanvas | ImageBitmap;

/** More are no pictures that somebody would look at. */
const MOST_IN_LIST = 10_000;
const LARGEST_FILE = 2_500_000;
const WHOLE: SheetRules = { ...ALONE, shrinkTo: 1_200 };
const MANY: SheetRules = { most: 60, growTo: 64, shrinkTo: 160 };
const FILES: readonly MimeType[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** Undefined where the value is no picture, and no list of pictures. */
export function pictureBundle(value: object): Promise<MimeBundle> | undefined {
  if (isBlob(value)) return value.type.startsWith("image/") ? fileBundle(value) : undefined;
  const pixels = pixelsOf(value);
  if (pixels) return sheetBundle([pixels], WHOLE);
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_IN_LIST) return undefined;
  const all = itemsOf(value, MOST_IN_LIST).map((one) =>
    typeof one === "object" && one !== null ? pixelsOf(one) : undefined,
  );
  return all.every((one) => one !== undefined) ? sheetBundle(all, MANY) : undefined;
}

async function fileBundle(file: Blob): Promise<MimeBundle> {
  const kilobytes = `${Math.ceil(file.size / 1000).toLocaleString("en")} kB`;
  if (file.size > LARGEST_FILE)
    return {
      "text/plain": `This picture takes ${kilobytes}, and up to ${LARGEST_FILE / 1000} kB can be shown. Make it smaller first.`,
    };
  const type = file.type.replace(/;.*/, "");
  if (type === "image/svg+xml")
    return { "image/svg+xml": await file.text(), "text/plain": "picture" };
  const mime = FILES.find((one) => one === type);
  if (!mime)
    return {
      "text/plain": `A picture of the type ${type}, which cannot be shown. Use PNG or JPEG.`,
    };
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    [mime]: encodeBase64(bytes),
    "text/plain": `${type.slice(6).toUpperCase()}, ${kilobytes}`,
  };
}

/** All are laid out for the largest of them. */
async function sheetBundle(all: readonly Pixels[], rules: SheetRules): Promise<MimeBundle> {
  const width = Math.max(...all.map((one) => one.width));
  const height = Math.max(...all.map((one) => one.height));
  const images = { count: all.length, width, height, channels: 4 as const };
  const layout = layOut(images, rules);
  const painter = (index: number) => {
    const one = all[index];
    return (pixel: number, into: Uint8Array, at: number): void => {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      if (!one || x >= one.width || y >= one.height) return;
      const from = (y * one.width + x) * 4;
      for (let i = 0; i < 4; i++) into[at + i] = one.data[from + i] ?? 0;
    };
  };
  const png = await compressPng(drawSheet({ ...images, painter }, layout));
  const said = sheetWords(all.length, layout);
  const words = `${all.length === 1 ? "image" : `${all.length} images`} of ${width}×${height}`;
  return {
    "image/png": encodeBase64(png),
    "text/plain": said === "" ? words : `${words}, ${said}`,
  };
}

function pixelsOf(value: object): Pixels | undefined {
  if (isPixels(value)) return value;
  return isDrawable(value) ? drawn(value) : undefined;
}

function isPixels(value: object): value is Pixels {
  if (!("width" in value && "height" in value && "data" in value)) return false;
  const { width, height, data } = value;
  return (
    ArrayBuffer.isView(data) &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    (width as number) > 0 &&
    (data as Uint8ClampedArray).length === (width as number) * (height as number) * 4
  );
}

function isDrawable(value: object): value is Drawable {
  return [globalThis.OffscreenCanvas, globalThis.ImageBitmap].some(
    (kind) => (kind as typeof kind | undefined) !== undefined && value instanceof kind,
  );
}

function drawn(value: Drawable): Pixels | undefined {
  const { width, height } = value;
  if (width === 0 || height === 0) return undefined;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context?.drawImage(value, 0, 0);
  return context?.getImageData(0, 0, width, height);
}

function isBlob(value: object): value is Blob {
  return typeof Blob !== "undefined" && value instanceof Blob;
}
