/**
 * Imports files into a workspace: reads them away from the page, asks where a dataset of that name exists, and
 * stores each whole or not at all. Knows nothing of how progress and questions are shown.
 */
import type * as Y from "yjs";
import { AppError } from "../../lib/base/errors.ts";
import { type DatasetId, newId } from "../../lib/base/ids.ts";
import type { ImportFailure } from "../../lib/datasets/failures.ts";
import type { ReadDataset } from "../../lib/datasets/readImport.ts";
import {
  fitsDataset,
  freeDatasetName,
  readVersions,
  storeVersion,
} from "../../lib/datasets/storeVersion.ts";
import { type DatasetEntry, listDatasets } from "../../lib/document/indexDoc.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { type FileReading, readInWorker } from "./readFiles.ts";

/** A dataset of that name with the same columns exists: a new version of it, or one beside it named `free`. */
export interface ImportQuestion {
  readonly name: string;
  readonly rows: number;
  readonly existing: DatasetEntry;
  readonly free: string;
}

export type ImportAnswer = "version" | "beside" | "cancel";

export type ImportOutcome =
  | {
      readonly kind: "new" | "version" | "unchanged";
      readonly id: DatasetId;
      readonly name: string;
    }
  /** The name was taken by a dataset with other columns. */
  | {
      readonly kind: "beside";
      readonly id: DatasetId;
      readonly name: string;
      readonly wanted: string;
    }
  | { readonly kind: "cancelled" };

/** `label` is the name of the file, or of the first of those that belong together. */
export interface ImportHooks {
  readonly signal: AbortSignal;
  progress(label: string, fraction: number): void;
  /** It is read, and being kept in this browser. */
  storing(label: string, fraction: number): void;
  failed(label: string, failure: ImportFailure): void;
  ask(label: string, question: ImportQuestion): Promise<ImportAnswer>;
  done(label: string, outcome: ImportOutcome): void;
}

/** The datasets that came of the files. One that fails stops no other; aborted, what is stored stays. */
export async function importFiles(
  session: Pick<WorkspaceSession, "open" | "blobs" | "me">,
  index: Y.Doc,
  files: readonly File[],
  hooks: ImportHooks,
  read: FileReading = readInWorker,
): Promise<DatasetId[]> {
  const ids: DatasetId[] = [];
  for await (const message of read(files, hooks.signal)) {
    switch (message.kind) {
      case "progress":
        hooks.progress(message.label, message.fraction);
        break;
      case "failed":
        hooks.failed(message.label, message.failure);
        break;
      case "read": {
        const outcome = await keep(session, index, message.label, message.dataset, hooks);
        if (outcome?.kind !== undefined) hooks.done(message.label, outcome);
        if (outcome && outcome.kind !== "cancelled") ids.push(outcome.id);
        break;
      }
      case "end":
        break;
    }
  }
  return ids;
}

async function keep(
  session: Pick<WorkspaceSession, "open" | "blobs" | "me">,
  index: Y.Doc,
  label: string,
  read: ReadDataset,
  hooks: ImportHooks,
): Promise<ImportOutcome | undefined> {
  try {
    const place = await findPlace(session, index, label, read, hooks);
    if (place.kind === "unchanged" || place.kind === "cancelled") return place;
    if (hooks.signal.aborted) return { kind: "cancelled" };
    const by = {
      author: session.me.current.id,
      at: Date.now(),
      message: `Imported from ${read.importedFrom.join(" and ")}`,
    };
    const { signal } = hooks;
    const progress = (fraction: number): void => hooks.storing(label, fraction);
    const { id, name } = place;
    await storeVersion(session, index, { id, name }, read, by, { progress, signal });
    return place;
  } catch (error) {
    if (hooks.signal.aborted) return { kind: "cancelled" };
    const known = error instanceof AppError ? (error as AppError).failure.code : undefined;
    const message = known ?? String(error);
    hooks.failed(label, { code: "not-stored", file: label, message });
    return undefined;
  }
}

async function findPlace(
  session: Pick<WorkspaceSession, "open">,
  index: Y.Doc,
  label: string,
  read: ReadDataset,
  hooks: ImportHooks,
): Promise<ImportOutcome> {
  const fresh = (): DatasetId =>
    newId({ randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
  const existing = listDatasets(index).find((entry) => entry.name === read.name);
  if (!existing) return { kind: "new", id: fresh(), name: read.name };
  const versions = await readVersions(
    session,
    existing.id,
    ({ digest }) => digest === existing.current,
    hooks.signal,
  );
  const { id, name } = existing;
  if (existing.current === read.digest) return { kind: "unchanged", id, name };
  const free = freeDatasetName(index, read.name);
  if (!fitsDataset(versions, read))
    return { kind: "beside", id: fresh(), name: free, wanted: name };
  const question = { name, rows: read.rows, existing, free };
  switch (await hooks.ask(label, question)) {
    case "version":
      return { kind: "version", id, name };
    case "beside":
      return { kind: "new", id: fresh(), name: free };
    case "cancel":
      return { kind: "cancelled" };
  }
}
