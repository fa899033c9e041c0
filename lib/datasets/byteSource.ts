/**
 * Where the bytes of an import come from, and what they look like: a text, one half of an IDX pair, or
 * something that is no data at all. A file is told by its first bytes, never by its name.
 */
import { AppError } from "../base/errors.ts";
import type { ImportFailure } from "./failures.ts";

/** Something that can be read from its start more than once. `size` is of what is stored, packed or not. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Of one that is unpacked while it is read: how many of the `size` bytes its last stream has taken in. */
  taken?(): number;
}

export type SourceKind =
  | { readonly kind: "text" }
  | { readonly kind: "idx-images" }
  | { readonly kind: "idx-labels" }
  /** `format` is how people call it, or null where only that it is no text is known. */
  | { readonly kind: "other"; readonly format: string | null };

const HEAD_BYTES = 4096;
const GZIP = [0x1f, 0x8b];
/** What people try to import, by how it begins. */
const FORMATS: readonly (readonly [format: string, magic: readonly number[]])[] = [
  ["a PNG picture", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG picture", [0xff, 0xd8, 0xff]],
  ["a GIF picture", [0x47, 0x49, 0x46, 0x38]],
  ["a RIFF file, such as a WebP picture", [0x52, 0x49, 0x46, 0x46]],
  ["a PDF", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["an Excel workbook or another zip file", [0x50, 0x4b, 0x03, 0x04]],
  ["an old Excel workbook", [0xd0, 0xcf, 0x11, 0xe0]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["an SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
];

/** The source unpacked, where it is gzip; whatever its name says. */
export async function unpacked(source: ByteSource): Promise<ByteSource> {
  const head = await firstBytes(source, 2);
  if (!startsWith(head, GZIP)) return source;
  let taken = 0;
  return {
    name: source.name,
    size: source.size,
    taken: () => taken,
    stream() {
      taken = 0;
      const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(piece, controller) {
          taken += piece.length;
          controller.enqueue(piece);
        },
      });
      return source.stream().pipeThrough(counting).pipeThrough(new DecompressionStream("gzip"));
    },
  };
}

/** What an unpacked source holds. An empty one throws "file-empty". */
export async function sniff(source: ByteSource): Promise<SourceKind> {
  const head = await firstBytes(source, HEAD_BYTES);
  if (head.length === 0)
    throw new AppError<ImportFailure>({ code: "file-empty", file: source.name });
  const known = FORMATS.find(([, magic]) => startsWith(head, magic));
  if (known) return { kind: "other", format: known[0] };
  if (startsWith(head, [0, 0])) {
    if (head[3] === 1 && head[2] === 8) return { kind: "idx-labels" };
    if (head[2] !== undefined && head[2] >= 8 && (head[3] ?? 0) > 1) return { kind: "idx-images" };
  }
  const marked = startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]);
  if (!marked && head.includes(0)) return { kind: "other", format: null };
  return { kind: "text" };
}

/** The bytes piece by piece. A gzip that is damaged or a file that went away is a failure with its name. */
export async function* pieces(source: ByteSource): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = source.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        // A file that went away is a DOMException; what unpacks has an error of another kind in each engine.
        const code = cause instanceof DOMException ? "file-unreadable" : "gzip-broken";
        throw new AppError<ImportFailure>({ code, file: source.name }, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // What is left over of a source that was only looked into is of no interest, nor how it ends.
    reader.cancel().catch(() => undefined);
  }
}

/** The first bytes, fewer where the source is shorter. */
export async function firstBytes(source: ByteSource, count: number): Promise<Uint8Array> {
  const head = new Uint8Array(count);
  let filled = 0;
  for await (const piece of pieces(source)) {
    const part = piece.subarray(0, count - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === count) break;
  }
  return head.subarray(0, filled);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}
