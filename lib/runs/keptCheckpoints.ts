/**
 * The checkpoints of one run in the page: the newest is stored, at once where none was stored for a while. A loop that
 * keeps one at every step costs no more than one that keeps them sparingly.
 */
import type * as Y from "yjs";
import type { Platform } from "../base/platform.ts";
import { type CheckpointFacts, writeCheckpoint } from "../document/runDoc.ts";
import type { WorkspaceSession } from "../workspace/session.ts";

/** Stores it, and writes it into the run's document. */
type Store = (doc: Y.Doc) => Promise<void>;

const MIME = "application/vnd.ensemble.checkpoint";
const EVERY_MS = 2_000;
const MS_PER_BYTE = 1 / 1000;

export class KeptCheckpoints {
  readonly #blobs: WorkspaceSession["blobs"];
  readonly #world: Pick<Platform, "now">;
  #storedAt = -Infinity;
  #bytes = 0;
  #waiting: Store | undefined;

  constructor({
    session,
    world,
  }: {
    session: Pick<WorkspaceSession, "blobs">;
    world: Pick<Platform, "now">;
  }) {
    this.#blobs = session.blobs;
    this.#world = world;
  }

  /** How to store it, where it is time to; else it waits for a newer one or for the end. */
  take(facts: CheckpointFacts, bytes: Uint8Array<ArrayBuffer>): Store | undefined {
    const at = this.#world.now();
    const { fit, epoch, batch, step } = facts;
    const store = async (doc: Y.Doc): Promise<void> => {
      const manifest = await this.#blobs.put(bytes, MIME);
      writeCheckpoint(doc, { fit, epoch, batch, step, at, manifest });
    };
    if (at - this.#storedAt < EVERY_MS + this.#bytes * MS_PER_BYTE) {
      this.#waiting = store;
      return undefined;
    }
    this.#waiting = undefined;
    this.#storedAt = at;
    this.#bytes = bytes.length;
    return store;
  }

  /** The one that still waits. */
  last(): Store | undefined {
    return this.#waiting;
  }
}
