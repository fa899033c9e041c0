/** A key with the modifier that commands have on this machine, as it is written on the key: "⌘K", "Ctrl K". */

export function commandKey(key: string): string {
  return onMac() ? `⌘${key}` : `Ctrl ${key}`;
}

/** Whether the event is that key, on a Mac or elsewhere. */
export function isCommand(event: KeyboardEvent, key: string): boolean {
  const modified = event.metaKey !== event.ctrlKey && !event.altKey && !event.shiftKey;
  return modified && event.key.toLowerCase() === key.toLowerCase();
}

function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
