/**
 * The outputs of a notebook as this person sees them: those of the document, and over them what runs here now
 * and what a viewer ran, who may not write. Writes to the document at most twice a second while a cell runs,
 * and keeps what is too big for it as a blob.
 */
import type * as Y from "yjs";
import type { CellId, Digest } from "../base/ids.ts";
import type { Platform } from "../base/platform.ts";
import type { Timers } from "../base/timers.ts";
import type { BlobManifest } from "../document/blobManifest.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { MimeBundle } from "../kernel/mime.ts";
import type { Blobs } from "../workspace/session.ts";
import { type OutputRecord, outputOf, putOutput } from "./outputs.ts";
import { MOST_IN_BLOB, WHOLE_MIME, decodeWhole, encodeWhole, previewOf } from "./preview.ts";

export interface OutputWorld {
  readonly doc: Y.Doc;
  readonly blobs: Blobs;
  readonly clock: Pick<Platform, "now"> & Timers;
  /** False for a viewer: then nothing is written. */
  readonly mayWrite: () => boolean;
  /** Something else is to be shown. */
  readonly changed: () => void;
}

const WRITE_EVERY_MS = 500;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 60_000;

export class ShownOutputs {
  readonly #world: OutputWorld;
  readonly #mine = new Map<CellId, OutputRecord>();
  /** Cells that have ended, and whose output is to go into the document yet. */
  readonly #unwritten = new Set<CellId>();
  readonly #wholes = new Map<Digest, readonly MimeBundle[] | "coming">();
  readonly #waits = new Set<() => void>();
  #running: CellId | undefined;
  #writtenAt = 0;
  #leaveWrite: (() => void) | undefined;
  #closed = false;

  constructor(world: OutputWorld) {
    this.#world = world;
    notebookRoots.outputs(world.doc).observe(this.#observed);
  }

  /** What to show of this cell; `bundles` is the whole of it as soon as that is here. */
  get(cell: CellId): OutputRecord | undefined {
    const record = this.#mine.get(cell) ?? outputOf(this.#world.doc, cell);
    if (!record?.whole) return record;
    const whole = this.#whole(record.whole);
    return whole ? wholeOf(record, whole) : record;
  }

  /** What a cell that runs here showed so far. */
  running(cell: CellId, record: OutputRecord): void {
    this.#mine.set(cell, record);
    this.#running = cell;
    this.#world.changed();
    const says = record.bundles.length > 0 || record.runs.length > 0;
    if (this.#leaveWrite || !says) return;
    const wait = this.#writtenAt + WRITE_EVERY_MS - this.#world.clock.now();
    if (wait <= 0) this.#writeRunning();
    else this.#leaveWrite = this.#world.clock.after(wait, () => this.#writeRunning());
  }

  /** What a cell that ran here showed in all. Resolves when it is in the document, or a viewer's to keep. */
  async ended(cell: CellId, record: OutputRecord): Promise<void> {
    this.#leaveWrite?.();
    this.#leaveWrite = undefined;
    this.#running = undefined;
    this.#mine.set(cell, record);
    if (this.#world.mayWrite()) this.#unwritten.add(cell);
    this.#world.changed();
    await new Promise<void>((resolve) => this.#world.clock.after(0, resolve)); // shown first, then sent
    if (this.#closed || this.#mine.get(cell) !== record) return;
    await this.#write(cell, record);
    if (this.#mine.get(cell) === undefined || this.#mine.get(cell) === record)
      this.#unwritten.delete(cell);
  }

  async #write(cell: CellId, record: OutputRecord): Promise<void> {
    const preview = previewOf(record.bundles);
    let stored: OutputRecord = record;
    if (preview.cut && this.#world.mayWrite()) {
      const whole = await this.#store(record.bundles);
      stored = { ...record, bundles: preview.bundles, whole };
    }
    if (this.#closed || this.#mine.get(cell) !== record || !this.#world.mayWrite()) return;
    putOutput(this.#world.doc, cell, stored);
    this.#mine.delete(cell);
    this.#forgetWholes();
    this.#world.changed();
  }

  close(): void {
    this.#closed = true;
    for (const cell of this.#unwritten) {
      const record = this.#mine.get(cell);
      if (!record || record.end === "running" || !this.#world.mayWrite()) continue;
      putOutput(this.#world.doc, cell, { ...record, bundles: previewOf(record.bundles).bundles });
    }
    this.#leaveWrite?.();
    for (const leave of this.#waits) leave();
    notebookRoots.outputs(this.#world.doc).unobserve(this.#observed);
  }

  /** Another member's run takes the place of what a viewer ran before it. */
  readonly #observed = (event: Y.YMapEvent<unknown>): void => {
    for (const cell of event.keysChanged as Set<CellId>)
      if (
        cell !== this.#running &&
        !this.#unwritten.has(cell) &&
        this.#mine.get(cell)?.end !== "running"
      )
        this.#mine.delete(cell);
    this.#world.changed();
  };

  #writeRunning(): void {
    this.#leaveWrite = undefined;
    const cell = this.#running;
    const record = cell === undefined ? undefined : this.#mine.get(cell);
    if (cell === undefined || !record || !this.#world.mayWrite()) return;
    this.#writtenAt = this.#world.clock.now();
    putOutput(this.#world.doc, cell, { ...record, bundles: previewOf(record.bundles).bundles });
  }

  /** A cell that runs again and again leaves wholes that nothing names any more. */
  #forgetWholes(): void {
    if (this.#wholes.size === 0) return;
    const { doc } = this.#world;
    const named = new Set<Digest | undefined>();
    for (const cell of notebookRoots.outputs(doc).keys() as IterableIterator<CellId>)
      named.add(outputOf(doc, cell)?.whole?.sha256);
    for (const [digest, whole] of this.#wholes)
      if (whole !== "coming" && !named.has(digest)) this.#wholes.delete(digest);
  }

  /** Null where this browser cannot keep it: then the preview is all that others get. */
  async #store(bundles: readonly MimeBundle[]): Promise<BlobManifest | null> {
    try {
      const whole = await this.#world.blobs.put(encodeWhole(bundles), WHOLE_MIME);
      this.#wholes.set(whole.sha256, bundles);
      return whole;
    } catch {
      return null;
    }
  }

  #whole(manifest: BlobManifest): readonly MimeBundle[] | undefined {
    const { sha256, size } = manifest;
    const known = this.#wholes.get(sha256);
    if (known === undefined && size <= MOST_IN_BLOB) {
      this.#wholes.set(sha256, "coming");
      void this.#fetch(manifest, FIRST_RETRY_MS);
    }
    return known === "coming" ? undefined : known;
  }

  /** The blob may come later than the document that names it: then it is asked for again. */
  async #fetch(manifest: BlobManifest, retryMs: number): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#world.blobs.get(manifest);
    } catch {
      if (this.#closed) return;
      const leave = this.#world.clock.after(retryMs, () => {
        this.#waits.delete(leave);
        void this.#fetch(manifest, Math.min(LAST_RETRY_MS, retryMs * 2));
      });
      this.#waits.add(leave);
      return;
    }
    this.#wholes.set(manifest.sha256, decodeWhole(bytes) ?? []);
    if (!this.#closed) this.#world.changed();
  }
}

const whole = new WeakMap<OutputRecord, OutputRecord>();

/** The same object for the same record, so that nothing is drawn again for nothing. */
function wholeOf(record: OutputRecord, bundles: readonly MimeBundle[]): OutputRecord {
  const known = whole.get(record) ?? { ...record, bundles };
  whole.set(record, known);
  return known;
}
