/** A PNG that lib/kernel/png.ts made, read back as the PNG specification says. */
import type { Picture } from "../png.ts";

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly crc: number;
}

export function chunksOf(png: Uint8Array): Chunk[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8));
    const data = png.slice(at + 8, at + 8 + length);
    chunks.push({ name, data, crc: view.getUint32(at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

export async function readPng(png: Uint8Array): Promise<Picture> {
  const [header, body] = chunksOf(png);
  if (!header || !body) throw new Error("a PNG has a header and a body");
  const sizes = new DataView(header.data.buffer);
  const [width, height] = [sizes.getUint32(0), sizes.getUint32(4)];
  const channels = header.data[9] === 4 ? 2 : 4;
  const lines = await inflate(body.data);
  const row = width * channels;
  if (lines.length !== (row + 1) * height) throw new Error("its rows are not as many as it says");
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const up = lines[y * (row + 1)] === 2;
    for (let x = 0; x < row; x++) {
      const above = up && y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0;
      pixels[y * row + x] = (lines[y * (row + 1) + 1 + x] ?? 0) + above;
    }
  }
  return { width, height, channels, pixels };
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
