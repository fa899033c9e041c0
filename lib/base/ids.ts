/** Ids that the compiler will not let you swap. Ids are random and never used again. */
import type { Platform } from "./platform.ts";
import { encodeBase32 } from "./base32.ts";

type Id<Name extends string> = string & { readonly __id: Name };
export type WorkspaceId = Id<"Workspace">;
export type NotebookId = Id<"Notebook">;
export type CellId = Id<"Cell">;
export type DatasetId = Id<"Dataset">;
export type RunId = Id<"Run">;
export type VersionId = Id<"Version">;
/** A member: the public key of the first device that joined, base64url. */
export type MemberId = Id<"Member">;
/** SHA-256 as 64 lower-case hexadecimal digits. */
export type Digest = Id<"Digest">;

const ID_BYTES = 10;
const ID_PATTERN = /^[a-z2-7]{16}$/;
const DIGEST_PATTERN = /^[0-9a-f]{64}$/;

/** 80 random bits as 16 characters that survive URLs and being read aloud. */
export function newId<T extends Id<string>>(world: Pick<Platform, "randomBytes">): T {
  return encodeBase32(world.randomBytes(ID_BYTES)) as T;
}

export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}

export function isDigest(text: string): text is Digest {
  return DIGEST_PATTERN.test(text);
}
