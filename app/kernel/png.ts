/**
 * RGBA pixels as a PNG, made at once and without a canvas (PNG specification, third edition; zlib: RFC 1950,
 * 1951).
 */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RGBA = [8, 6, 0, 0, 0];
const LONGEST_BLOCK = 0xffff;

export function encodePng(width: number, height: number, pixels: Uint8ClampedArray): Uint8Array {
  const header = [...bigEndian(width), ...bigEndian(height), ...RGBA];
  return join([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", zlib(scanlines(width, height, pixels))),
    chunk("IEND", []),
  ]);
}

/** Each row led by a zero: no filter. */
function scanlines(width: number, height: number, pixels: Uint8ClampedArray): Uint8Array {
  const row = width * 4;
  const lines = new Uint8Array((row + 1) * height);
  for (let y = 0; y < height; y++) {
    lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  }
  return lines;
}

/** Stored blocks: as long as they were, and read by everything. */
function zlib(bytes: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [[0x78, 0x01]];
  for (let i = 0; i < bytes.length; i += LONGEST_BLOCK) {
    const block = bytes.subarray(i, i + LONGEST_BLOCK);
    const last = i + LONGEST_BLOCK >= bytes.length ? 1 : 0;
    const [low, high] = [block.length & 0xff, block.length >> 8];
    parts.push([last, low, high, ~low & 0xff, ~high & 0xff], block);
  }
  return join([...parts, bigEndian(adler32(bytes))]);
}

function chunk(name: string, data: ArrayLike<number>): Uint8Array {
  const named = join([Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return join([bigEndian(data.length), named, bigEndian(crc32(named))]);
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function join(parts: readonly ArrayLike<number>[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
