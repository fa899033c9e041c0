/** One user-visible change: one transaction, one undo step, one name in the log. */
import type * as Y from "yjs";

export interface EditOrigin {
  readonly edit: string;
}

export function edit<T>(doc: Y.Doc, name: string, change: () => T): T {
  return doc.transact(change, { edit: name } satisfies EditOrigin);
}

export function isEdit(origin: unknown): origin is EditOrigin {
  return typeof origin === "object" && origin !== null && "edit" in origin;
}
