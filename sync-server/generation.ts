/**
 * Which life of the data this is. A data folder that was restored begins another one: clients that knew the former
 * send again what they have, since it may be newer than the backup.
 */
import { randomBytes } from "node:crypto";
import type { Store } from "./stores/store.ts";

/** The name under which the store keeps it. */
export const GENERATION = "generation";

export async function openGeneration(store: Store): Promise<string> {
  const bytes = await store.secret(GENERATION, () => randomBytes(9));
  return Buffer.from(bytes).toString("base64url");
}
