/** Why a change of who belongs was not made, in words that say what to do. */
import { AppError, type Failure } from "../../lib/base/errors.ts";
import type { EntryRefusal } from "../../lib/workspace/membership.ts";

const words: Readonly<Partial<Record<EntryRefusal, string>>> = {
  "not-allowed": "Only owners may do that.",
  "no-such-member": "They are no longer in the workspace.",
  "last-owner":
    "A workspace has to have an owner. Make somebody else an owner first, or hand the ownership over.",
  "last-device":
    "It is the only device of this member. To shut them out, remove the member; to stay in, add another device first.",
  "not-a-member": "You are no longer in the workspace.",
};

export function membershipWords(error: unknown): string {
  const code = error instanceof AppError ? (error.failure as Failure).code : "";
  return words[code as EntryRefusal] ?? (error instanceof Error ? error.message : String(error));
}
