/** The document of a room that is open, and what it learns from updates. */
import * as Y from "yjs";
import { limits } from "./limits.ts";
import { bringsNews } from "./news.ts";
import { isWhole, waitingBytes } from "./orphans.ts";
import { sizeWith } from "./roomSize.ts";
import { applyStored } from "./stores/foldLog.ts";
import type { StoredRoom } from "./stores/store.ts";

export class RoomDocument {
  readonly doc = new Y.Doc();
  /** What the document learnt from the update that is being applied. */
  #learnt: Uint8Array | undefined;
  #mayWeighAt = 0;

  /** Throws where what is stored is damaged. */
  constructor(stored: StoredRoom) {
    applyStored(this.doc, stored);
    this.doc.on("update", (update: Uint8Array) => (this.#learnt = update));
  }

  /** Throws where the bytes are no update; the document is not touched. */
  bringsNews(update: Uint8Array): boolean {
    return bringsNews(this.doc, update);
  }

  /**
   * Applies an update; gives back what it brought, or undefined where all of it was known. Throws where Yjs
   * cannot integrate it: then the document is not what is stored any more.
   */
  learn(update: Uint8Array): Uint8Array | undefined {
    return this.#learnBy(() => Y.applyUpdate(this.doc, update))
      ? this.#learnt
      : // Parts that wait for others are in no event: then the bytes themselves are kept.
        Uint8Array.from(update);
  }

  /** The same for what is durable already: gives back what has to be told to whoever has the room open. */
  learnStored(stored: Pick<StoredRoom, "snapshot" | "updates">): readonly Uint8Array[] {
    if (this.#learnBy(() => applyStored(this.doc, stored)))
      return this.#learnt ? [this.#learnt] : [];
    const { snapshot, updates } = stored;
    return snapshot ? [Y.convertUpdateFormatV2ToV1(snapshot), ...updates] : updates;
  }

  /** How many bytes the content would be with the update, or why that is not so or not to be told now. */
  weigh(update: Uint8Array, maxBytes: number): number | "room-too-big" | "try-later" {
    const began = performance.now();
    if (began < this.#mayWeighAt) return "try-later";
    const bytes = sizeWith(this.doc, update);
    const now = performance.now();
    this.#mayWeighAt = now + (now - began) / limits.weighPart;
    return bytes > maxBytes ? "room-too-big" : bytes;
  }

  /** Too much waits already for what is not here, and this would wait, too. */
  lacks(parts: Parameters<typeof isWhole>[1]): boolean {
    return waitingBytes(this.doc) > limits.waitingBytes && !isWhole(this.doc, parts);
  }

  destroy(): void {
    this.doc.destroy();
  }

  /** True where all that came is in the event, or nothing was new. */
  #learnBy(apply: () => void): boolean {
    const { store } = this.doc;
    const pending = store.pendingStructs ?? store.pendingDs;
    this.#learnt = undefined;
    apply();
    return pending === null && (store.pendingStructs ?? store.pendingDs) === null;
  }
}
