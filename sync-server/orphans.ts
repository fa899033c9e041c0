/**
 * Updates whose parts wait for others that have not come. Yjs keeps them aside and looks through all of them at
 * each further one, so that a few kilobytes of them are bearable, and no more.
 */
import * as Y from "yjs";

/** So many bytes wait in the document. */
export function waitingBytes({ store }: Y.Doc): number {
  return (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0);
}

/** Can the document take in all of the update now? */
export function isWhole(doc: Y.Doc, { structs, ds }: ReturnType<typeof Y.decodeUpdate>): boolean {
  const ends = new Map<number, number>();
  const endOf = (client: number): number => ends.get(client) ?? Y.getState(doc.store, client);
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    if (clock > endOf(client)) return false;
    ends.set(client, Math.max(endOf(client), clock + struct.length));
  }
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    for (const needed of [struct.origin, struct.rightOrigin, struct.parent])
      if (needed instanceof Y.ID && needed.clock >= endOf(needed.client)) return false;
  }
  for (const [client, ranges] of ds.clients)
    for (const { clock, len } of ranges) if (clock + len > endOf(client)) return false;
  return true;
}
