/** Saving and restoring, as the page does it: with this person's name, and with a way back. */
import type * as Y from "yjs";
import type { NotebookVersion } from "../../../lib/document/notebookVersions.ts";
import { differsFrom, restoreVersion } from "../../../lib/notebook/restoreVersion.ts";
import { type VersionWords, saveVersion } from "../../../lib/notebook/versions.ts";
import type { WorkspaceSession } from "../../../lib/workspace/session.ts";
import { toast } from "../../ui/toast.ts";
import { cryptoWorld } from "../cryptoWorld.ts";
import { statesOf } from "./states.ts";
import { nameOf } from "./words.ts";

export interface Keeping {
  readonly doc: Y.Doc;
  readonly session: Pick<WorkspaceSession, "blobs" | "me">;
  readonly undoManager: Pick<Y.UndoManager, "undo" | "undoStack">;
}

/** Rejects where this device has no room for it. */
export async function keepVersion(
  { doc, session }: Omit<Keeping, "undoManager">,
  words: Omit<VersionWords, "author">,
): Promise<NotebookVersion> {
  const states = statesOf(doc, session.blobs);
  const world = {
    ...cryptoWorld,
    now: () => Date.now(),
    blobs: session.blobs,
    stateOf: (version: NotebookVersion) => states.peek(version),
  };
  const saved = await saveVersion(doc, world, { ...words, author: session.me.current });
  void states.open(saved); // the next one is compared with it
  return saved;
}

/** Keeps what is there now as a version of its own, makes the notebook what it was, and offers the way back. */
export async function restore(
  keeping: Keeping,
  version: NotebookVersion,
  state: Y.Doc,
): Promise<void> {
  const { doc, undoManager } = keeping;
  if (!differsFrom(doc, state)) {
    toast(`The notebook is as it was in “${nameOf(version)}” already.`);
    return;
  }
  await keepVersion(keeping, { message: `Before restoring “${nameOf(version)}”`, auto: true });
  restoreVersion(doc, state);
  const step = undoManager.undoStack.at(-1);
  toast(`“${nameOf(version)}” was restored.`, {
    words: "Undo",
    act: () => {
      while (step && undoManager.undoStack.includes(step)) undoManager.undo();
    },
  });
}
