/** The keys that run a cell while its text is edited: Enter with one other. */
export type RunCommand = "run-and-advance" | "run" | "run-and-insert";

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

export function runCommand(keys: Keys): RunCommand | undefined {
  const { key, altKey: alt, shiftKey: shift } = keys;
  const mod = keys.ctrlKey || keys.metaKey;
  if (key !== "Enter" || Number(mod) + Number(alt) + Number(shift) !== 1) return undefined;
  return mod ? "run" : alt ? "run-and-insert" : "run-and-advance";
}
