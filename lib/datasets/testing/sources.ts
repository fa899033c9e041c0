/** Files in memory for tests of the import, given out in pieces of whatever size. */
import type { ByteSource } from "../byteSource.ts";

export function source(name: string, content: string | Uint8Array, pieceSize = 7): ByteSource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    name,
    size: bytes.length,
    stream: () =>
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += pieceSize)
            controller.enqueue(Uint8Array.from(bytes.subarray(at, at + pieceSize)));
          controller.close();
        },
      }),
  };
}

/** An IDX file: its kind of value and dimensions, then the values. */
export function idx(sizes: readonly number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  header.setUint8(2, type);
  header.setUint8(3, sizes.length);
  sizes.forEach((size, i) => header.setUint32(4 + 4 * i, size));
  return Uint8Array.from([...new Uint8Array(header.buffer), ...Array.from(values)]);
}

export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([Uint8Array.from(bytes)])
    .stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
