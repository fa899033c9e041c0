/** Fields of single objects that something else stands in for a while. */
export class Replacements {
  readonly #undo: (() => void)[] = [];

  put<Of extends object>(of: Of, name: keyof Of, by: unknown): void {
    const own = Object.getOwnPropertyDescriptor(of, name);
    Object.defineProperty(of, name, { value: by, configurable: true, writable: true });
    this.#undo.push(() => {
      if (own) Object.defineProperty(of, name, own);
      else Reflect.deleteProperty(of, name);
    });
  }

  /** Last first: engines then find the objects as fast as they were. */
  undo(): void {
    for (const one of this.#undo.splice(0).reverse()) one();
  }
}
