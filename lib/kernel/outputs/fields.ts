/**
 * What stands in a value of a member's own making, read without trusting it: no accessor is called, no more is read
 * than is shown, and what throws when it is looked at is said to. Knows nothing of how it is shown.
 */

/** Stands for a value that only code of the member's could give. */
export const GETTER = Symbol("getter");

export interface Fields {
  readonly shown: readonly (readonly [name: string, value: unknown])[];
  /** How many there are in all. */
  readonly count: number;
}

/** The first named values of an object. */
export function fieldsOf(value: object, most: number): Fields {
  const names = Object.keys(value);
  const shown = names.slice(0, most).map((name) => [name, fieldOf(value, name)] as const);
  return { shown, count: names.length };
}

/** What stands under the name in the object itself; undefined where nothing does. */
export function fieldOf(value: object, name: string): unknown {
  const field = Object.getOwnPropertyDescriptor(value, name);
  return !field || "value" in field ? (field?.value as unknown) : GETTER;
}

/** The first items of an array, by index: a list may be a hundred thousand times as long as what is shown of it. */
export function itemsOf(list: ArrayLike<unknown>, most: number): unknown[] {
  return Array.from({ length: Math.min(lengthOf(list), most) }, (_, i) => list[i]);
}

export function lengthOf(list: ArrayLike<unknown>): number {
  return countOf(list.length);
}

/** The first of what can only be walked through, however long it goes on. */
export function firstOf<T>(walked: Iterable<T>, most: number): T[] {
  const first: T[] = [];
  if (most > 0)
    for (const one of walked) {
      first.push(one);
      if (first.length >= most) break;
    }
  return first;
}

/** What says of itself how many it holds may say anything. */
export function countOf(said: unknown): number {
  return typeof said === "number" && said > 0 ? said : 0;
}

/** Text where it is text, cut to so many letters. */
export function wordIn(value: unknown, longest: number): string | undefined {
  return typeof value === "string" ? cut(value, longest) : undefined;
}

export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
