/**
 * What a document names: every 64 hexadecimal digits anywhere in its content count, since whoever names a blob in a
 * way that is not known here must not lose it. Knows nothing of where documents and blobs are kept.
 */
import * as Y from "yjs";
import { type Digest, isDigest } from "../../lib/base/ids.ts";
import { asRecord } from "../../lib/base/json.ts";
import { type BlobManifest, parseBlobManifest } from "../../lib/document/blobManifest.ts";

export interface Marks {
  /** Of the known blobs those that are named. */
  readonly named: readonly Digest[];
  /** Blobs that are themselves states of documents: what they name is named too. */
  readonly states: readonly BlobManifest[];
  /** Chunks that manifests list and that are not among the known ones; not more than some. */
  readonly missing: readonly Digest[];
}

export interface Content {
  /** Yjs update V2, then updates in V1. */
  readonly snapshot: Uint8Array | undefined;
  readonly updates: readonly Uint8Array[];
  /** Updates whose every word counts, even where it was deleted since. */
  readonly fresh: readonly Uint8Array[];
}

/** A manifest of this kind of MIME type is a document's state, a Yjs update V2. */
const STATE_SUFFIX = "+yjs";
const MOST_MISSING = 1_000;
const HEX_RUN = /[0-9a-f]{64,}/gi;

/** Throws where the content cannot be read. */
export function marksOf(content: Content, known: ReadonlySet<string>): Marks {
  const marker = new Marker(known);
  const doc = new Y.Doc();
  doc.transact(() => {
    if (content.snapshot) Y.applyUpdateV2(doc, content.snapshot);
    for (const update of content.updates) Y.applyUpdate(doc, update);
  });
  marker.document(doc);
  doc.destroy();
  for (const update of content.fresh) marker.structs(Y.decodeUpdate(update).structs);
  return marker.marks;
}

/** As `marksOf` a state; what is no state after all is searched as it lies there. */
export function marksOfState(state: Uint8Array, known: ReadonlySet<string>): Marks {
  try {
    return marksOf({ snapshot: state, updates: [], fresh: [] }, known);
  } catch {
    const marker = new Marker(known);
    marker.bytes(state);
    return marker.marks;
  }
}

class Marker {
  readonly #known: ReadonlySet<string>;
  readonly #named = new Set<Digest>();
  readonly #states = new Map<Digest, BlobManifest>();
  readonly #missing = new Set<Digest>();

  constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  get marks(): Marks {
    return {
      named: [...this.#named],
      states: [...this.#states.values()],
      missing: [...this.#missing],
    };
  }

  document(doc: Y.Doc): void {
    for (const [name, type] of doc.share) {
      this.text(name);
      this.#textOf(type);
    }
    for (const structs of doc.store.clients.values()) this.structs(structs);
    // What waits for updates that have not come yet is content too.
    const { pendingStructs } = doc.store;
    if (pendingStructs) this.structs(Y.decodeUpdateV2(pendingStructs.update).structs);
  }

  structs(structs: readonly unknown[]): void {
    for (const struct of structs)
      if (struct instanceof Y.Item && !struct.deleted) {
        if (struct.parentSub !== null) this.text(struct.parentSub);
        this.#content(struct.content);
      }
  }

  bytes(bytes: Uint8Array): void {
    this.text(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  }

  text(text: string): void {
    for (const [run] of text.matchAll(HEX_RUN)) {
      const digits = run.toLowerCase();
      for (let at = 0; at + 64 <= digits.length; at++) {
        const digest = digits.slice(at, at + 64);
        if (this.#known.has(digest) && isDigest(digest)) this.#named.add(digest);
      }
    }
  }

  #content(content: unknown): void {
    if (content instanceof Y.ContentString) this.text(content.str);
    else if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON)
      this.#json(content.arr);
    else if (content instanceof Y.ContentEmbed) this.#json(content.embed);
    else if (content instanceof Y.ContentFormat) this.#json([content.key, content.value]);
    else if (content instanceof Y.ContentBinary) this.bytes(content.content);
    else if (content instanceof Y.ContentType) this.#textOf(content.type);
  }

  /** A text that was typed letter by letter is in many pieces. */
  #textOf(type: { readonly _start: Y.Item | null }): void {
    const pieces: string[] = [];
    for (let item = type._start; item !== null; item = item.right)
      if (!item.deleted && item.content instanceof Y.ContentString) pieces.push(item.content.str);
    if (pieces.length > 0) this.text(pieces.join(""));
  }

  #json(value: unknown): void {
    const waiting: unknown[] = [value];
    while (waiting.length > 0) {
      const one = waiting.pop();
      if (typeof one === "string") this.text(one);
      else if (one instanceof Uint8Array) this.bytes(one);
      else if (Array.isArray(one)) for (const part of one as unknown[]) waiting.push(part);
      else if (typeof one === "object" && one !== null) {
        this.#manifest(one);
        for (const [key, part] of Object.entries(one)) {
          this.text(key);
          waiting.push(part);
        }
      }
    }
  }

  #manifest(value: object): void {
    const manifest = "chunks" in value ? parseBlobManifest(asRecord(value)) : undefined;
    if (!manifest) return;
    if (manifest.mime.endsWith(STATE_SUFFIX)) this.#states.set(manifest.sha256, manifest);
    for (const chunk of manifest.chunks)
      if (!this.#known.has(chunk) && this.#missing.size < MOST_MISSING) this.#missing.add(chunk);
  }
}
