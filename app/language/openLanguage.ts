/** The language service of a notebook on this page: its worker, its datasets, and one word where it fails. */
import type * as Y from "yjs";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Observable } from "../../lib/base/observable.ts";
import { toast } from "../ui/toast.ts";
import { openDatasetFeed } from "./datasetFeed.ts";
import { NotebookLanguage } from "./notebookLanguage.ts";
import { openLanguageWorker } from "./openWorker.ts";
import { whenFree } from "./whenFree.ts";

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
