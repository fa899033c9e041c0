/**
 * Images and labels as MNIST has them (http://yann.lecun.com/exdb/mnist): a header of big-endian counts, then
 * unsigned bytes row by row. Everything is checked before a byte is believed.
 */
import { AppError } from "../base/errors.ts";
import { type ByteSource, pieces } from "./byteSource.ts";
import type { ImportFailure } from "./failures.ts";

export interface IdxImages {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The most that is read into one array: 600,000 images of MNIST's size. */
const MOST_BYTES = 480 * 1024 * 1024;
const COUNT_BYTES = 4;

export async function readIdxImages(
  source: ByteSource,
  progress: (fraction: number) => void,
): Promise<IdxImages> {
  const { sizes, body } = await readIdx(source, 3, progress);
  const [count = 0, height = 0, width = 0] = sizes;
  return { count, width, height, pixels: body };
}

/** One byte for each image: the number of its class. */
export async function readIdxLabels(
  source: ByteSource,
  progress: (fraction: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return (await readIdx(source, 1, progress)).body;
}

async function readIdx(
  source: ByteSource,
  dimensions: number,
  progress: (fraction: number) => void,
): Promise<{ sizes: number[]; body: Uint8Array<ArrayBuffer> }> {
  const header = new Uint8Array(COUNT_BYTES * (1 + dimensions));
  let at = 0;
  let sizes: number[] = [];
  let body: Uint8Array<ArrayBuffer> | undefined;
  for await (const piece of pieces(source)) {
    let rest = piece;
    if (!body) {
      const taken = piece.subarray(0, header.length - at);
      header.set(taken, at);
      at += taken.length;
      rest = piece.subarray(taken.length);
      if (at < header.length) continue;
      sizes = parseHeader(source.name, header, dimensions);
      body = new Uint8Array(sizes.reduce((product, size) => product * size, 1));
      at = 0;
    }
    if (at + rest.length <= body.length) body.set(rest, at);
    at += rest.length;
    progress(body.length === 0 ? 1 : Math.min(1, at / body.length));
  }
  const expected = header.length + (body?.length ?? 0);
  const actual = body ? header.length + at : at;
  if (!body || actual !== expected)
    throw new AppError<ImportFailure>({ code: "idx-length", file: source.name, expected, actual });
  if (body.length === 0)
    throw new AppError<ImportFailure>({ code: "file-empty", file: source.name });
  return { sizes, body };
}

function parseHeader(file: string, header: Uint8Array, dimensions: number): number[] {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(COUNT_BYTES * (1 + i)));
  const bytes = sizes.reduce((product, size) => product * size, 1);
  if (header[2] !== 8 || header[3] !== dimensions)
    throw new AppError<ImportFailure>({
      code: "idx-unsupported",
      file,
      dimensions: header[3] ?? 0,
      bytes: header[2] === 8,
    });
  if (bytes > MOST_BYTES)
    throw new AppError<ImportFailure>({ code: "idx-too-large", file, bytes, limit: MOST_BYTES });
  return sizes;
}
