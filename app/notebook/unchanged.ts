/** Keeps the old value where the new one says the same, so that nothing is drawn again for nothing. */
export function unchanged<T>(
  read: () => T,
  plain: (value: T) => unknown = (value) => value,
): () => T {
  let last: { readonly key: string; readonly value: T } | undefined;
  return () => {
    const value = read();
    const key = JSON.stringify(plain(value));
    if (last?.key !== key) last = { key, value };
    return last.value;
  };
}
