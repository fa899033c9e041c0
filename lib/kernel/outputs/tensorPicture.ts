/** A tensor of images as a picture: one image, or the first of many side by side. */
import { encodeBase64 } from "../../base/base64.ts";
import type { TensorOutput } from "../mime.ts";
import { compressPng } from "../png.ts";
import { ALONE, type SheetRules, drawSheet, layOut, sheetWords } from "../sheet.ts";

const MANY: SheetRules = { most: 60, growTo: 64, shrinkTo: 128 };
/** Less than this on a side is a matrix of numbers and no image. */
const LEAST_SIDE = 4;
/** A matrix of this many on each side is one that nobody reads number by number. */
const LEAST_SEEN = 16;
const MOST_STRETCHED = 8;

interface Filled {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<unknown>;
  readonly range: NonNullable<TensorOutput["range"]>;
}

/** Undefined where its shape is not one of images. */
export async function tensorPicture(tensor: Filled): Promise<TensorOutput["picture"]> {
  const images = imagesOf(tensor.shape);
  if (!images) return undefined;
  const layout = layOut(images, images.count === 1 ? ALONE : MANY);
  const scale = scaleOf(tensor);
  const sheet = { ...images, channels: images.depth === 1 ? (2 as const) : (4 as const) };
  const painter = painterOf(tensor.data, images, scale);
  const png = await compressPng(drawSheet({ ...sheet, painter }, layout));
  const said = sheetWords(images.count, layout);
  return {
    png: encodeBase64(png),
    words: [wordsOf(scale, images.depth), ...(said === "" ? [] : [said])].join(" · "),
    first: tensor.shape.length > 2 || Math.min(images.width, images.height) >= LEAST_SEEN,
  };
}

interface Images {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Gray; red, green and blue; or these and opacity. */
  readonly depth: 1 | 3 | 4;
}

/** [h, w], [h, w, 1|3|4], [n, h, w] or [n, h, w, 1|3|4]. */
function imagesOf(shape: readonly number[]): Images | undefined {
  const depth = ([1, 3, 4] as const).find((one) => one === shape.at(-1));
  const [a = 0, b = 0, c = 0, d] = shape;
  const found =
    shape.length === 2
      ? image(1, a, b, 1)
      : shape.length === 3
        ? ((depth && image(1, a, b, depth)) ?? image(a, b, c, 1))
        : shape.length === 4 && d === depth && depth
          ? image(a, b, c, depth)
          : undefined;
  return found;
}

function image(
  count: number,
  height: number,
  width: number,
  depth: Images["depth"],
): Images | undefined {
  const [least, most] = [Math.min(width, height), Math.max(width, height)];
  return count > 0 && least >= LEAST_SIDE && most <= least * MOST_STRETCHED
    ? { count, width, height, depth }
    : undefined;
}

interface Scale {
  readonly from: number;
  readonly to: number;
  /** The values fill no scale that pictures have, so the least is drawn black and the most white. */
  readonly stretched: boolean;
  readonly odd: number;
}

/** Pictures go from 0 to 1 or to 255, some from −1 to 1. */
function scaleOf({ dtype, range: { min, max, odd } }: Filled): Scale {
  const usual = [
    { from: 0, to: 1, fits: dtype !== "int32" && min >= 0 && max <= 1 },
    { from: 0, to: 255, fits: min >= 0 && max <= 255 && max > 1 },
    { from: -1, to: 1, fits: min >= -1 && max <= 1 && min < 0 },
  ].find(({ fits }) => fits);
  const { from, to } = usual ?? { from: min, to: max === min ? min + 1 : max };
  return { from, to, stretched: !usual, odd };
}

function painterOf(data: ArrayLike<unknown>, { width, height, depth }: Images, scale: Scale) {
  const byte = 255 / (scale.to - scale.from);
  return (index: number) => {
    const start = index * width * height * depth;
    return (pixel: number, into: Uint8Array, at: number): void => {
      const first = start + pixel * depth;
      const colours = depth === 1 ? 1 : 3;
      let clear = false;
      for (let i = 0; i < colours; i++) {
        const value = Number(data[first + i]);
        if (Number.isFinite(value)) into[at + i] = toByte((value - scale.from) * byte);
        else clear = true;
      }
      const opacity = depth === 4 ? toByte((Number(data[first + 3]) - scale.from) * byte) : 255;
      into[at + colours] = clear ? 0 : opacity;
    };
  };
}

function toByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

function wordsOf({ from, to, stretched, odd }: Scale, depth: number): string {
  const [least, most] = [short(from), short(to)];
  const drawn =
    depth === 1 ? `black is ${least}, white ${most}` : `each colour from ${least} to ${most}`;
  const clear = odd === 0 ? "" : `, ${odd} not finite and left clear`;
  return `${drawn}${stretched ? ", its own least and most" : ""}${clear}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
