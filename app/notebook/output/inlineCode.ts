/** A sentence with `code` in it, in parts. */
export function inlineCode(text: string): { readonly text: string; readonly code: boolean }[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== "")
    .map((part) =>
      /^`[^`]+`$/.test(part)
        ? { text: part.slice(1, -1), code: true }
        : { text: part, code: false },
    );
}
