/** The cell that reads a dataset, and a new notebook that begins with it. */
import type * as Y from "yjs";
import { type CellId, type Digest, type NotebookId, newId } from "../../lib/base/ids.ts";
import type { DatasetEntry } from "../../lib/document/indexDoc.ts";
import { putNotebookEntry } from "../../lib/document/indexDoc.ts";
import { addCell } from "../../lib/notebook/notebook.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

const DIGEST_SHOWN = 8;
const world = {
  randomBytes: (count: number): Uint8Array<ArrayBuffer> =>
    crypto.getRandomValues(new Uint8Array(count)),
};

/** `pinned`: the version to read for good; left out, whichever is current when the cell runs. */
export function readingLine(name: string, pinned?: Digest): string {
  const version = pinned === undefined ? "" : `, { version: "${pinned.slice(0, DIGEST_SHOWN)}" }`;
  return `const ${variableName(name)} = await dataset(${JSON.stringify(name)}${version});`;
}

/** Makes a notebook whose first cell reads the dataset and shows it; gives its id. */
export async function makeNotebookWith(
  session: Pick<WorkspaceSession, "open" | "me">,
  index: Y.Doc,
  entry: DatasetEntry,
  pinned?: Digest,
): Promise<NotebookId> {
  const id = newId<NotebookId>(world);
  const variable = variableName(entry.name);
  const source = `import { dataset } from "ensemble";\n\n${readingLine(entry.name, pinned)}\n${variable}`;
  const room = await session.open(`notebook/${id}`);
  try {
    addCell(room.doc, newId<CellId>(world), "code", { source });
  } finally {
    room.close();
  }
  putNotebookEntry(index, {
    id,
    title: `Looking at ${entry.name}`,
    createdAt: Date.now(),
    createdBy: session.me.current.id,
  });
  return id;
}

/** A name that JavaScript takes: "mnist-a" becomes mnistA, "2024 sales" becomes data2024Sales. */
export function variableName(name: string): string {
  const words = name.normalize("NFKD").match(/[A-Za-z0-9_$]+/g) ?? [];
  const joined = words
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  if (joined === "" || RESERVED.has(joined)) return `${joined}Data`.replace(/^Data$/, "data");
  return /^\d/.test(joined) ? `data${joined}` : joined;
}

const RESERVED = new Set(
  (
    "abstract arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new null package " +
    "private protected public return static super switch this throw true try typeof var void while with yield dataset"
  ).split(" "),
);
