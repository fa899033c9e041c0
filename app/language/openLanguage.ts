/** The language service of a notebook on this page: its worker, its datasets, and one word where it fails. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Observable } from "../../lib/base/observable.ts";
import { toast } from "../ui/toast.ts";
import { openDatasetFeed } from "./datasetFeed.ts";
import { NotebookLanguage } from "./notebookLanguage.ts";
import { openLanguageWorker } from "./openWorker.ts";

export function openLanguage(
  doc: Y.Doc,
  session: Pick<WorkspaceSession, "open">,
  index: Y.Doc,
  kernel: Observable<{ readonly state: string }>,
): NotebookLanguage {
  return new NotebookLanguage(
    doc,
    {
      open: openLanguageWorker,
      whenFree: (act) => whenFree(kernel, act),
      later(ms, act) {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      failed: (reason) =>
        void toast(
          `Types and suggestions are off in this notebook: ${reason}. Writing and running cells goes on; reload the page to have them back.`,
        ),
    },
    (known) => openDatasetFeed(session, index, known),
  );
}

const A_WHILE_MS = 300;

/** Both take seconds to get ready: whoever runs the cell that they have just clicked waits for the kernel. */
function whenFree(kernel: Observable<{ readonly state: string }>, act: () => void): () => void {
  let stop: () => void = () => undefined;
  const look = (): void => {
    if (kernel.current.state === "starting") return;
    stop();
    act();
  };
  const timer = setTimeout(() => {
    stop = kernel.subscribe(look);
    look();
  }, A_WHILE_MS);
  return () => {
    clearTimeout(timer);
    stop();
  };
}
