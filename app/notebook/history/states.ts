/** The states of a notebook's versions that were opened on this page: a few, so that going back and forth is quick. */
import type * as Y from "yjs";
import type { Digest } from "../../../lib/base/ids.ts";
import type { NotebookVersion } from "../../../lib/document/notebookVersions.ts";
import { type OpenedState, openVersion } from "../../../lib/notebook/versionState.ts";
import type { Blobs } from "../../../lib/workspace/session.ts";

const MOST = 12;

export class VersionStates {
  readonly #blobs: Blobs;
  /** The one that was used last is the last. */
  readonly #opened = new Map<Digest, Y.Doc>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** The state where it has been opened already. */
  peek({ manifest }: NotebookVersion): Y.Doc | undefined {
    return this.#opened.get(manifest.sha256);
  }

  async open(version: NotebookVersion): Promise<OpenedState> {
    const { sha256 } = version.manifest;
    const known = this.#opened.get(sha256);
    const opened = known
      ? { ok: true as const, doc: known }
      : await openVersion(this.#blobs, version);
    if (!opened.ok) return opened;
    const doc = this.#opened.get(sha256) ?? opened.doc;
    this.#opened.delete(sha256);
    this.#opened.set(sha256, doc);
    for (const oldest of [...this.#opened.keys()].slice(0, -MOST)) this.#opened.delete(oldest);
    return { ok: true, doc };
  }
}

const known = new WeakMap<Y.Doc, VersionStates>();

/** Those of one notebook, for every part of the page alike. */
export function statesOf(notebook: Y.Doc, blobs: Blobs): VersionStates {
  const states = known.get(notebook) ?? new VersionStates(blobs);
  known.set(notebook, states);
  return states;
}
