/** Files into the content of a dataset version: what runs in the import's worker. Knows of no document. */
import { digestBytes, digestText } from "../base/digest.ts";
import { AppError } from "../base/errors.ts";
import type { Digest } from "../base/ids.ts";
import type { DatasetColumn, ImportNote } from "../document/datasetFacts.ts";
import { encodeTable } from "./arrow.ts";
import { type ByteSource, type SourceKind, sniff, unpacked } from "./byteSource.ts";
import type { ImportFailure } from "./failures.ts";
import { readIdxImages, readIdxLabels } from "./idx.ts";
import type { PlannedImport } from "./importPlan.ts";
import { planImports } from "./importPlan.ts";
import { profileColumn } from "./profile.ts";
import { readTable } from "./readTable.ts";

/** A dataset read whole and not stored yet. Survives structured clone; the buffers may be moved. */
export interface ReadDataset {
  readonly name: string;
  /** Names the content alone: from which file it came, when and by whom leave it as it is. */
  readonly digest: Digest;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  readonly notes: readonly ImportNote[];
  readonly importedFrom: readonly string[];
  readonly content:
    | { readonly kind: "table"; readonly table: Uint8Array<ArrayBuffer> }
    | {
        readonly kind: "images";
        readonly images: Uint8Array<ArrayBuffer>;
        readonly labels: Uint8Array<ArrayBuffer> | undefined;
        readonly width: number;
        readonly height: number;
      };
}

/** Looks at the beginning of each file and plans what becomes of them. */
export async function planSources(
  sources: readonly ByteSource[],
): Promise<PlannedImport<ByteSource>[]> {
  const looked = await Promise.all(
    sources.map(async (stored) => {
      const file = await unpacked(stored);
      try {
        return { file, kind: await sniff(file) };
      } catch (error) {
        if (error instanceof AppError) return { file, failure: error.failure as ImportFailure };
        throw error;
      }
    }),
  );
  const readable = looked.flatMap(({ file, kind }): { file: ByteSource; kind: SourceKind }[] =>
    kind ? [{ file, kind }] : [],
  );
  const failed = looked.flatMap(({ file, failure }): PlannedImport<never>[] =>
    failure ? [{ kind: "refused", name: file.name, failure }] : [],
  );
  return [...planImports(readable), ...failed];
}

/** Reads one dataset whole. Throws AppError<ImportFailure>; `progress` is told 0 to 1. */
export async function readImport(
  plan: Exclude<PlannedImport<ByteSource>, { kind: "refused" }>,
  progress: (fraction: number) => void,
): Promise<ReadDataset> {
  return plan.kind === "table"
    ? readTableImport(plan.name, plan.file, progress)
    : readImagesImport(plan.name, plan.images, plan.labels, progress);
}

/** Shares of the time that a table's import takes; naming its content by a digest is the rest. */
const READ = 0.73;
const ENCODED = 0.22;

async function readTableImport(
  name: string,
  file: ByteSource,
  progress: (fraction: number) => void,
): Promise<ReadDataset> {
  const { columns, facts, rows, notes } = await readTable(file, (part) => progress(part * READ));
  const table = encodeTable(columns, (part) => progress(READ + part * ENCODED));
  const columnTypes = facts.map((fact) => [fact.name, fact.type]);
  return {
    name,
    digest: digestText(JSON.stringify(["table", columnTypes, digestBytes(table)])),
    rows,
    columns: facts,
    notes,
    importedFrom: [file.name],
    content: { kind: "table", table },
  };
}

async function readImagesImport(
  name: string,
  imagesFile: ByteSource,
  labelsFile: ByteSource | undefined,
  progress: (fraction: number) => void,
): Promise<ReadDataset> {
  const { count, width, height, pixels } = await readIdxImages(imagesFile, progress);
  const labels = labelsFile && (await readIdxLabels(labelsFile, () => undefined));
  if (labelsFile && labels && labels.length !== count)
    throw new AppError<ImportFailure>({
      code: "idx-counts-differ",
      imagesFile: imagesFile.name,
      labelsFile: labelsFile.name,
      images: count,
      labels: labels.length,
    });
  const bytes = [digestBytes(pixels), labels ? digestBytes(labels) : null];
  return {
    name,
    digest: digestText(JSON.stringify(["images", width, height, ...bytes])),
    rows: count,
    columns: labels ? [labelColumn(labels)] : [],
    notes: labels ? [] : [{ kind: "no-labels" }],
    importedFrom: labelsFile ? [imagesFile.name, labelsFile.name] : [imagesFile.name],
    content: { kind: "images", images: pixels, labels, width, height },
  };
}

/** Classes are words, in the order of their numbers, however many images each has. */
function labelColumn(labels: Uint8Array): DatasetColumn {
  const words = Array.from({ length: 256 }, (_, i) => String(i));
  const profile = profileColumn({ type: "text", codes: Int32Array.from(labels), words });
  return { name: "label", type: "text", profile };
}
