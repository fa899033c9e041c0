/** Where this machine is on its networks, and whom limits count together. */
import { networkInterfaces } from "node:os";

/** All addresses but link-local ones, IPv4 first. */
export function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter((one) => !one.address.startsWith("fe80"))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map((one) => one.address);
}

/** Whom limits count together: an IPv4 address, or the /64 that one household has of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/.exec(address);
  if (mapped) return mapped[1] ?? "";
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":")]
    .slice(0, 4)
    .join(":");
}
