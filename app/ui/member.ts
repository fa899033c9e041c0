/** A member's colour and initials: by the member's key, the same everywhere and for everybody. */
const COLOURS = 8;

/** "m1" to "m8": the class that sets --member and --on-member (styles/controls.css). */
export function memberClass(member: string): string {
  let hash = 2166136261; // FNV-1a: well spread for short keys
  for (let i = 0; i < member.length; i++)
    hash = Math.imul(hash ^ member.charCodeAt(i), 16777619) >>> 0;
  return `m${(hash % COLOURS) + 1}`;
}

/** One or two letters for a name; "?" where it has none. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

/** How people are spoken of here: the first name. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
