/**
 * What others changed in a cell since this tab last ran it: whoever ran code should see that it is not the code they
 * ran. A member's own edits, in this tab or another, raise nothing.
 */
import * as Y from "yjs";
import type { CellId, MemberId } from "../base/ids.ts";
import { notebookRoots } from "../document/notebookDoc.ts";

export interface Author {
  readonly id: MemberId;
  readonly name: string;
}

/**
 * Who writes as this Yjs client; for a deletion, which bears no name, whoever else is alone in the cell. Undefined
 * where that cannot be known.
 */
export type AuthorOf = (client: number | undefined, cell: CellId) => Author | undefined;

export interface ChangedByOthers {
  /** Those who can be known. */
  readonly by: readonly string[];
  /** What the cell said when this tab ran it. */
  readonly before: string;
}

interface Ran {
  readonly source: string;
  readonly by: Map<MemberId, string>;
  /** Others changed it since, and this person has not waved it away. */
  raised: boolean;
}

export class OtherHands {
  readonly #doc: Y.Doc;
  readonly #authorOf: AuthorOf;
  readonly #me: () => MemberId;
  readonly #ran = new Map<CellId, Ran>();

  constructor(doc: Y.Doc, authorOf: AuthorOf, me: () => MemberId) {
    this.#doc = doc;
    this.#authorOf = authorOf;
    this.#me = me;
    notebookRoots.cells(doc).observeDeep(this.#observed);
  }

  /** This tab runs the cell with this source. */
  ran(cell: CellId, source: string): void {
    this.#ran.set(cell, { source, by: new Map(), raised: false });
  }

  /** The person has seen it. The next change is told again. */
  dismiss(cell: CellId): void {
    const ran = this.#ran.get(cell);
    if (!ran) return;
    ran.raised = false;
    ran.by.clear();
  }

  /** Undefined where the cell says what it said, or nobody else changed it. */
  changed(cell: CellId, source: string): ChangedByOthers | undefined {
    const ran = this.#ran.get(cell);
    if (ran?.raised !== true || ran.source.trim() === source.trim()) return undefined;
    return { by: [...ran.by.values()], before: ran.source };
  }

  close(): void {
    notebookRoots.cells(this.#doc).unobserveDeep(this.#observed);
  }

  readonly #observed = (
    events: readonly Y.YEvent<Y.AbstractType<unknown>>[],
    transaction: Y.Transaction,
  ): void => {
    if (transaction.local) return;
    for (const event of events) {
      const cell = event.path[0] as CellId | undefined;
      const ran = cell === undefined ? undefined : this.#ran.get(cell);
      if (!ran || cell === undefined || !(event.target instanceof Y.Text)) continue;
      const clients = writersOf(event, event.target);
      const authors = (clients.size > 0 ? [...clients] : [undefined]).map((client) =>
        this.#authorOf(client, cell),
      );
      if (authors.every((one) => one?.id === this.#me())) continue;
      ran.raised = true;
      for (const one of authors) if (one && one.id !== this.#me()) ran.by.set(one.id, one.name);
    }
  };
}

/** The clients whose letters came with this event; a text's own event does not list them. */
function writersOf(event: Y.YEvent<Y.AbstractType<unknown>>, text: Y.Text): Set<number> {
  const clients = new Set<number>();
  for (let item = text._start; item; item = item.right)
    if (event.adds(item)) clients.add(item.id.client);
  return clients;
}
