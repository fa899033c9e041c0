/** N people sharing one document over a wire that the test controls. */
import * as Y from "yjs";

export function peers(count: number): { docs: Y.Doc[]; exchange: () => void } {
  const docs = Array.from({ length: count }, () => new Y.Doc());
  const exchange = (): void => {
    for (const from of docs)
      for (const to of docs) {
        if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
      }
  };
  return { docs, exchange };
}
