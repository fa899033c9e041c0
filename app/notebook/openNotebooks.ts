/**
 * The notebooks that are open in this tab. A notebook's kernel and its training live on while the person looks
 * at another page of the workspace, as long as the tab; one that never ran is let go with its page.
 */
import type * as Y from "yjs";
import type { NotebookId } from "../../lib/base/ids.ts";
import type { Capability } from "../../lib/kernel/capability.ts";
import type { Backend } from "../../lib/kernel/device.ts";
import type { Kernel } from "../../lib/kernel/kernel.ts";
import { Execution } from "../../lib/notebook/execution.ts";
import type { OpenRoom, WorkspaceSession } from "../../lib/workspace/session.ts";
import { capabilitiesOf } from "../kernel/capabilities.ts";
import { announceRunning, runningElsewhere } from "./announceRunning.ts";
import { watchAuthors } from "./authors.ts";
import { chosenBackend } from "./backendChoice.ts";
import { askBeforeLeaving } from "./askBeforeLeaving.ts";
import { browserClock } from "./browserClock.ts";
import type { NotebookRuns } from "./cellView.ts";
import { KernelRuns } from "./kernelRuns.ts";
import { loadCompiler } from "./loadCompiler.ts";

export type OpenKernel = (capabilities: readonly Capability[], backend: Backend) => Kernel;

export interface OpenNotebook {
  readonly room: OpenRoom;
  readonly runs: NotebookRuns;
}

interface Kept {
  readonly opening: Promise<OpenNotebook>;
  pages: number;
}

const kept = new WeakMap<WorkspaceSession, Map<NotebookId, Kept>>();

/** Opens a notebook for a page, which leaves it in the end: see leaveNotebook. */
export function openNotebook(
  session: WorkspaceSession,
  index: Y.Doc,
  id: NotebookId,
  openKernel: OpenKernel,
): Promise<OpenNotebook> {
  const notebooks = kept.get(session) ?? new Map<NotebookId, Kept>();
  kept.set(session, notebooks);
  const known = notebooks.get(id) ?? { opening: open(session, index, id, openKernel), pages: 0 };
  notebooks.set(id, known);
  known.pages++;
  known.opening.catch(() => notebooks.delete(id));
  return known.opening;
}

/** A page is left. What runs goes on, and what the kernel holds stays. */
export async function leaveNotebook(session: WorkspaceSession, id: NotebookId): Promise<void> {
  const known = kept.get(session)?.get(id);
  if (!known) return;
  known.pages--;
  const notebook = await known.opening.catch(() => undefined);
  if (!notebook || known.pages > 0 || notebook.runs.kernel.current.state !== "off") return;
  if (kept.get(session)?.get(id) !== known) return;
  kept.get(session)?.delete(id);
  closeNotebook(notebook);
}

async function open(
  session: WorkspaceSession,
  index: Y.Doc,
  id: NotebookId,
  openKernel: OpenKernel,
): Promise<OpenNotebook> {
  const room = await session.open(`notebook/${id}`);
  const backend = chosenBackend();
  const kernel = openKernel(capabilitiesOf(session, index), backend);
  const elsewhere = runningElsewhere(room.awareness);
  const authors = watchAuthors(room.awareness);
  const execution = new Execution({
    notebook: id,
    doc: room.doc,
    index,
    kernel,
    me: session.me,
    blobs: session.blobs,
    clock: browserClock,
    compiler: loadCompiler,
    elsewhere,
    authorOf: authors.authorOf,
  });
  const runs = new KernelRuns(execution, kernel, backend);
  const stop = announceRunning(room.awareness, session.me, execution.running, kernel);
  const stopAsking = askBeforeLeaving(execution.running);
  // The workspace was deleted from this browser: nothing that runs in it has anywhere to go.
  room.doc.once("destroy", () => {
    kept.get(session)?.delete(id);
    runs.close();
    stopAsking();
  });
  return {
    room: {
      doc: room.doc,
      awareness: room.awareness,
      synced: room.synced,
      close() {
        stop();
        stopAsking();
        elsewhere.close();
        authors.close();
        room.close();
      },
    },
    runs,
  };
}

function closeNotebook({ runs, room }: OpenNotebook): void {
  runs.close();
  room.close();
}
