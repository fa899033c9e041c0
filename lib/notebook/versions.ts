/** Keeps the state that a notebook has now as a version: the state as a blob, and one record of it in the document. */
import type * as Y from "yjs";
import { type VersionId, newId } from "../base/ids.ts";
import type { Platform } from "../base/platform.ts";
import {
  LONGEST_MESSAGE,
  type NotebookVersion,
  STATE_MIME,
  listVersions,
  putVersion,
} from "../document/notebookVersions.ts";
import type { Blobs, Member } from "../workspace/session.ts";
import { compareVersions, countChanges } from "./compareVersions.ts";
import { listCellPlaces } from "./notebook.ts";
import { encodeState } from "./versionState.ts";

export interface VersionWorld extends Pick<Platform, "now" | "randomBytes"> {
  readonly blobs: Pick<Blobs, "put">;
  /** The state of a version where it is at hand, to count what has changed since. Nothing is waited for. */
  readonly stateOf?: (version: NotebookVersion) => Y.Doc | undefined;
}

export interface VersionWords {
  readonly message: string;
  readonly author: Pick<Member, "id" | "name">;
  /** It is saved by itself, and may give way to newer ones. */
  readonly auto?: boolean;
}

/**
 * Saves the state of the moment of the call. Resolves when its bytes are durable on this device and the document
 * names them; both go to the server as everything else does. Rejects where this device cannot keep it, and then
 * there is no version.
 */
export async function saveVersion(
  doc: Y.Doc,
  world: VersionWorld,
  { message, author, auto = false }: VersionWords,
): Promise<NotebookVersion> {
  const [parent] = listVersions(doc);
  const before = parent && world.stateOf?.(parent);
  const version = {
    id: newId<VersionId>(world),
    message: message.trim().slice(0, LONGEST_MESSAGE),
    author: author.id,
    authorName: author.name.slice(0, LONGEST_MESSAGE),
    at: world.now(),
    parent: parent?.id ?? null,
    cells: listCellPlaces(doc).length,
    changed: before ? countChanges(compareVersions(before, doc)) : null,
    auto,
  };
  const manifest = await world.blobs.put(encodeState(doc), STATE_MIME);
  putVersion(doc, { ...version, manifest });
  return { ...version, manifest };
}
