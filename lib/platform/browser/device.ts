/** This browser's key and this person's name: one of each, in every workspace. */
import { AppError } from "../../base/errors.ts";
import { asRecord, asString } from "../../base/json.ts";
import { type PublicKey, type Signer, isPublicKey } from "../../workspace/signatures.ts";
import type { WorkspaceFailure } from "../../workspace/workspaces.ts";
import { generateDeviceKey, signerOf } from "../webcrypto.ts";
import type { Database } from "./database.ts";

const DEVICE = "device";
const NAME = "name";
const RECOVERY = "recovery";

/** The device's key, made at the first time. Throws AppError "no-keys" where this page can have none. */
export async function deviceSigner(db: Database): Promise<Signer> {
  const kept = asKeyPair(await db.get("person", DEVICE));
  if (kept) return signerOf(kept);
  let made: CryptoKeyPair;
  try {
    made = await generateDeviceKey();
  } catch (error) {
    // No secure context, or a browser that does not know Ed25519.
    throw new AppError<WorkspaceFailure>({ code: "no-keys" }, error);
  }
  // Two tabs may be here for the first time at once: the first key stays.
  const tx = db.transaction("person", "readwrite", { durability: "strict" });
  const first = asKeyPair(await tx.store.get(DEVICE));
  if (!first) await tx.store.put(made, DEVICE);
  await tx.done;
  return signerOf(first ?? made);
}

export async function readName(db: Database): Promise<string> {
  return asString(await db.get("person", NAME)) ?? "";
}

export async function writeName(db: Database, name: string): Promise<void> {
  await db.put("person", name, NAME);
}

/** The public part of the recovery key that was made here last; undefined where none was. */
export async function readRecoveryKey(db: Database): Promise<PublicKey | undefined> {
  const key = asString(await db.get("person", RECOVERY));
  return key !== undefined && isPublicKey(key) ? key : undefined;
}

export async function writeRecoveryKey(db: Database, key: PublicKey): Promise<void> {
  await db.put("person", key, RECOVERY);
}

function asKeyPair(value: unknown): CryptoKeyPair | undefined {
  const pair = asRecord(value);
  const { privateKey, publicKey } = pair ?? {};
  return privateKey instanceof CryptoKey && publicKey instanceof CryptoKey
    ? { privateKey, publicKey }
    : undefined;
}
