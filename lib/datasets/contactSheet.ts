/** The first images of a set side by side in one picture, as they are shown under a cell. */
import { encodeBase64 } from "../base/base64.ts";
import type { MimeBundle } from "../kernel/mime.ts";
import { compressPng } from "../kernel/png.ts";
import { type SheetRules, drawSheet, layOut, sheetWords } from "../kernel/sheet.ts";

const RULES: SheetRules = { most: 60, growTo: 64, shrinkTo: 128 };

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
  const { count, width, height } = images;
  if (count === 0) return { "text/plain": images.toString() };
  const layout = layOut(images, RULES);
  const painter = (index: number) => {
    const image = images.image(index);
    return (pixel: number, into: Uint8Array, at: number): void => {
      into[at] = image[pixel] ?? 0;
      into[at + 1] = 255;
    };
  };
  const png = await compressPng(drawSheet({ count, width, height, channels: 2, painter }, layout));
  const said = sheetWords(count, layout);
  return {
    "image/png": encodeBase64(png),
    "text/plain": said === "" ? images.toString() : `${images.toString()}, ${said}`,
  };
}
