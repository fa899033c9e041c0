/** Makes a workspace with an example's notebook in it. */
import { type NotebookId, newId } from "../../lib/base/ids.ts";
import { putNotebookEntry } from "../../lib/document/indexDoc.ts";
import type { Workspaces } from "../../lib/workspace/workspaces.ts";
import { cryptoWorld } from "../notebook/cryptoWorld.ts";
import { pathTo } from "../router.ts";
import type { Example } from "./catalog.ts";
import { writeLesson } from "./lesson.ts";

/** The path of the new notebook. */
export async function openExample(workspaces: Workspaces, example: Example): Promise<string> {
  const lesson = await example.load();
  const id = newId<NotebookId>(cryptoWorld);
  const workspace = await workspaces.create(lesson.title);
  const session = await workspaces.open(workspace);
  const [index, notebook] = await Promise.all([
    session.open("index"),
    session.open(`notebook/${id}`),
  ]);
  writeLesson(notebook.doc, lesson);
  const { title } = lesson;
  putNotebookEntry(index.doc, {
    id,
    title,
    createdAt: Date.now(),
    createdBy: session.me.current.id,
  });
  notebook.close();
  index.close();
  return pathTo(workspace, "notebooks", id);
}
