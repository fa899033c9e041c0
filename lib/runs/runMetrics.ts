/**
 * The metrics of a run as its document grows: only what is new is decoded, so that a long run stays light to watch.
 */
import type * as Y from "yjs";
import type { Observable } from "../base/observable.ts";
import { readChunks, readCurves, runRoots } from "../document/runDoc.ts";
import { decodeChunk } from "./series.ts";
import { type Series, SeriesLog } from "./seriesLog.ts";

/** Every series of a run, newest points included; a new list at each change, whose series grow in place. */
export class RunMetrics implements Observable<readonly Series[]> {
  readonly #doc: Y.Doc;
  readonly #watching = new Set<() => void>();
  #log = new SeriesLog();
  #current: readonly Series[] = [];

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  get current(): readonly Series[] {
    if (this.#watching.size === 0) this.#readAll();
    return this.#current;
  }

  subscribe(changed: () => void): () => void {
    if (this.#watching.size === 0) {
      this.#readAll();
      runRoots.chunks(this.#doc).observe(this.#chunksChanged);
      runRoots.curves(this.#doc).observe(this.#curvesChanged);
    }
    this.#watching.add(changed);
    return () => {
      if (!this.#watching.delete(changed) || this.#watching.size > 0) return;
      runRoots.chunks(this.#doc).unobserve(this.#chunksChanged);
      runRoots.curves(this.#doc).unobserve(this.#curvesChanged);
    };
  }

  readonly #chunksChanged = (event: Y.YArrayEvent<unknown>): void => {
    const added = appended(event);
    if (added) {
      this.#append(added);
      this.#tell();
    } else this.#curvesChanged();
  };

  readonly #curvesChanged = (): void => {
    this.#readAll();
    this.#tell();
  };

  #readAll(): void {
    this.#log = new SeriesLog();
    this.#append([...readCurves(this.#doc), ...readChunks(this.#doc)]);
    this.#current = [...this.#log.all()];
  }

  #append(chunks: readonly unknown[]): void {
    for (const bytes of chunks)
      if (bytes instanceof Uint8Array) this.#log.append(decodeChunk(bytes)?.blocks ?? []);
  }

  #tell(): void {
    this.#current = [...this.#log.all()];
    for (const changed of [...this.#watching]) changed();
  }
}

/** What was added at the end, or undefined where something else happened to the list. */
function appended(event: Y.YArrayEvent<unknown>): unknown[] | undefined {
  const [first, second, ...more] = event.delta;
  if (more.length > 0) return undefined;
  const insert = first?.retain === undefined ? (second ? undefined : first) : second;
  if (!insert || !Array.isArray(insert.insert)) return undefined;
  const before = event.target.length - insert.insert.length;
  return (first?.retain ?? 0) === before ? (insert.insert as unknown[]) : undefined;
}
