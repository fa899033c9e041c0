/** Members with one notebook between them, each with a kernel that the test scripts, and one clock. */
import * as Y from "yjs";
import { digestBytes } from "../base/digest.ts";
import type { CellId, Digest, MemberId, NotebookId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import * as compiler from "../kernel/compile.ts";
import type { CellView } from "../notebook/cellView.ts";
import { Execution } from "../notebook/execution.ts";
import { addCell, cellText } from "../notebook/notebook.ts";
import type { BlobManifest, Blobs, Member, Role } from "../workspace/session.ts";
import { type MemoryClock, memoryClock } from "./memoryClock.ts";
import { peers } from "./peers.ts";
import { ScriptedKernel } from "./scriptedKernel.ts";

export interface Bench {
  readonly doc: Y.Doc;
  readonly index: Y.Doc;
  readonly kernel: ScriptedKernel;
  readonly execution: Execution;
  readonly me: Settable<Member>;
  readonly elsewhere: Settable<ReadonlySet<string>>;
  readonly view: (cell: string) => CellView;
  /** The state of each cell in turn. */
  readonly states: () => string;
  /** Types over what the cell says. */
  readonly write: (cell: string, source: string) => void;
}

export interface Workbench {
  readonly benches: readonly Bench[];
  readonly clock: MemoryClock;
  readonly blobs: MemoryBlobs;
  /** Lets everything that is due happen, and everybody hear of it. */
  readonly settle: () => Promise<void>;
}

/** Blobs that everybody has at once; unless `missing`. */
export class MemoryBlobs implements Blobs {
  readonly #bytes = new Map<Digest, Uint8Array<ArrayBuffer>>();
  missing = false;

  put(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<BlobManifest> {
    const sha256 = digestBytes(bytes);
    this.#bytes.set(sha256, bytes);
    return Promise.resolve({ sha256, size: bytes.length, mime, chunks: [sha256] });
  }

  get(blob: Digest | BlobManifest): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes.get(typeof blob === "string" ? blob : blob.sha256);
    return this.missing || !bytes ? Promise.reject(new Error("missing")) : Promise.resolve(bytes);
  }
}

const names = ["Mira", "Jun", "Ada"];
const idOf = (i: number): MemberId => (names[i] ?? "").toLowerCase() as MemberId;

export function workbench(
  cells: Readonly<Record<string, string>>,
  roles: readonly Role[] = ["owner"],
): Workbench {
  const clock = memoryClock();
  const blobs = new MemoryBlobs();
  const { docs, exchange } = peers(roles.length);
  const [first] = docs;
  if (!first) throw new Error("a workbench needs somebody");
  for (const [id, source] of Object.entries(cells))
    addCell(first, id as CellId, "code", { source });
  exchange();
  const authors = new Map(
    docs.map((doc, i) => [doc.clientID, { id: idOf(i), name: names[i] ?? "" }] as const),
  );
  const benches = roles.map((role, i): Bench => {
    const doc = docs[i] ?? first;
    const index = new Y.Doc();
    const kernel = new ScriptedKernel();
    const name = names[i] ?? "";
    const me = new Settable<Member>({ id: idOf(i), name, role });
    const elsewhere = new Settable<ReadonlySet<string>>(new Set());
    const execution = new Execution({
      notebook: "n" as NotebookId,
      doc,
      index,
      kernel,
      me,
      blobs,
      clock,
      elsewhere,
      authorOf: (client) => authors.get(client ?? -1),
      compiler: () => Promise.resolve(compiler),
    });
    return {
      doc,
      index,
      kernel,
      execution,
      me,
      elsewhere,
      view: (cell) => execution.cell(cell as CellId).current,
      states: () =>
        Object.keys(cells)
          .map((cell) => execution.cell(cell as CellId).current.state)
          .join(", "),
      write(cell, source) {
        const text = cellText(doc, cell as CellId);
        text?.delete(0, text.length);
        text?.insert(0, source);
      },
    };
  });
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 4; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.tick(200);
      exchange();
    }
  };
  return { benches, clock, blobs, settle };
}
