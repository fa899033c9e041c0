/**
 * A Y.Map seen through a TypeScript shape.
 *
 * Yjs types its maps as `Map<any>`. They are cast once, here, so that a misspelt field or a wrong
 * value type anywhere else is a compile error. Reading yields `unknown` fields parsed by the caller:
 * a type is not a check, and another member's client may have written anything.
 */
import type * as Y from "yjs";

export interface Fields<Shape> {
  get<K extends keyof Shape & string>(key: K): Shape[K] | undefined;
  set<K extends keyof Shape & string>(key: K, value: Shape[K]): unknown;
}

export function fields<Shape>(map: Y.Map<unknown>): Fields<Shape> {
  return map as unknown as Fields<Shape>;
}
