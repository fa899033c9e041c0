/** Pixels as a PNG, without a canvas (PNG specification, third edition; zlib: RFC 1950, 1951). */
import { joinBytes } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE = { 2: 4, 4: 6 } as const;
const FILTER = { none: 0, up: 2 } as const;
const LONGEST_BLOCK = 0xffff;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 2: gray and opacity; 4: red, green, blue and opacity. */
  readonly channels: 2 | 4;
  /** Row by row from the top, a byte for each channel. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** At once, but as long as the pixels are. */
export function encodePng(picture: Picture): Uint8Array {
  return png(picture, stored(scanlines(picture, "none")));
}

/** As short as it gets, for a picture that is kept or sent. */
export async function compressPng(picture: Picture): Promise<Uint8Array> {
  // Of a pixel that repeats the one above it, a zero is left.
  return png(picture, await deflated(scanlines(picture, "up")));
}

function png({ width, height, channels }: Picture, data: Uint8Array): Uint8Array {
  const header = [...bigEndian(width), ...bigEndian(height), 8, COLOUR_TYPE[channels], 0, 0, 0];
  return joinBytes([SIGNATURE, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", [])]);
}

/** Each row led by its filter. */
function scanlines(
  { width, height, channels, pixels }: Picture,
  filter: keyof typeof FILTER,
): Uint8Array<ArrayBuffer> {
  const row = width * channels;
  const lines = new Uint8Array((row + 1) * height);
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1) + 1;
    lines[start - 1] = FILTER[filter];
    lines.set(pixels.subarray(y * row, (y + 1) * row), start);
    if (filter === "none" || y === 0) continue;
    for (let x = 0; x < row; x++) lines[start + x]! -= pixels[(y - 1) * row + x] ?? 0;
  }
  return lines;
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Stored blocks: as long as they were, and read by everything. */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [[0x78, 0x01]];
  for (let i = 0; i < bytes.length; i += LONGEST_BLOCK) {
    const block = bytes.subarray(i, i + LONGEST_BLOCK);
    const last = i + LONGEST_BLOCK >= bytes.length ? 1 : 0;
    const [low, high] = [block.length & 0xff, block.length >> 8];
    parts.push([last, low, high, ~low & 0xff, ~high & 0xff], block);
  }
  return joinBytes([...parts, bigEndian(adler32(bytes))]);
}

function chunk(name: string, data: ArrayLike<number>): Uint8Array {
  const named = joinBytes([Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return joinBytes([bigEndian(data.length), named, bigEndian(checksum(named))]);
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
