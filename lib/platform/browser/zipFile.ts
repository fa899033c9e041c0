/** Zips, written as a stream and read with a bound on everything; without workers, which the page's policy refuses. */
import {
  BlobReader,
  type FileEntry,
  TextReader,
  Uint8ArrayReader,
  ZipReader,
  ZipWriter,
} from "@zip.js/zip.js/lib/zip-core-native.js";
import { joinBytes } from "../../base/bytes.ts";

const OPTIONS = { useWebWorkers: false } as const;

export interface ZipOut {
  /** `packed`: it is worth compressing. */
  add(name: string, content: Uint8Array | string, packed: boolean): Promise<void>;
  /** Ends the file and gives it back. The browser keeps it, on disk where it is big. */
  close(): Promise<Blob>;
  /** Leaves it. */
  abandon(): void;
}

export function writeZip(mime: string): ZipOut {
  let leave: () => void = () => undefined;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    start: (through) => void (leave = () => through.error(new Error("the file was left"))),
  });
  const file = new Response(readable, { headers: { "content-type": mime } }).blob();
  file.catch(() => undefined);
  const zip = new ZipWriter(writable, OPTIONS);
  return {
    async add(name, content, packed) {
      const reader =
        typeof content === "string" ? new TextReader(content) : new Uint8ArrayReader(content);
      await zip.add(name, reader, { level: packed ? 6 : 0 });
    },
    async close() {
      await zip.close();
      return file;
    },
    abandon: () => leave(),
  };
}

export interface ZipIn {
  readonly names: ReadonlySet<string>;
  /** What the entry is said to hold, bytes; 0 where there is none. */
  size(name: string): number;
  /** The entry's bytes; undefined where it is not there, holds more than `most`, or cannot be unpacked. */
  read(name: string, most: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  close(): Promise<void>;
}

/** Undefined where it is no zip, its end is missing, or it has more entries than `most`. */
export async function readZip(file: Blob, most: number): Promise<ZipIn | undefined> {
  const zip = new ZipReader(new BlobReader(file), OPTIONS);
  const entries = new Map<string, FileEntry>();
  try {
    for await (const entry of zip.getEntriesGenerator()) {
      if (entries.size >= most) throw new Error("more entries than any workspace has");
      if (!entry.directory) entries.set(entry.filename, entry);
    }
  } catch {
    await zip.close().catch(() => undefined);
    return undefined;
  }
  return {
    names: new Set(entries.keys()),
    size: (name) => entries.get(name)?.uncompressedSize ?? 0,
    async read(name, mostBytes) {
      const entry = entries.get(name);
      if (!entry || entry.encrypted || entry.uncompressedSize > mostBytes) return undefined;
      return unpack(entry, mostBytes);
    },
    close: () => zip.close().catch(() => undefined),
  };
}

/** Counts what comes out: what an entry says of its size need not be true. */
async function unpack(
  entry: FileEntry,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(part) {
      size += part.length;
      if (size > most) throw new Error("more bytes than it may have");
      parts.push(part);
    },
  });
  try {
    await entry.getData(sink, { ...OPTIONS, checkSignature: true });
  } catch {
    return undefined;
  }
  return joinBytes(parts);
}
