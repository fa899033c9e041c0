/**
 * Which datasets a handful of files make: each text a table, a file of images and a file of labels one set of
 * images. What cannot be imported is in the plan too, with the reason, so that one bad file stops no other.
 */
import type { SourceKind } from "./byteSource.ts";
import type { ImportFailure } from "./failures.ts";

export type PlannedImport<File> =
  | { readonly kind: "table"; readonly name: string; readonly file: File }
  | {
      readonly kind: "images";
      readonly name: string;
      readonly images: File;
      readonly labels: File | undefined;
    }
  | { readonly kind: "refused"; readonly name: string; readonly failure: ImportFailure };

interface Named {
  readonly name: string;
}

/** Labels belong to the images of their own name, or to the only images there are. */
export function planImports<File extends Named>(
  files: readonly { readonly file: File; readonly kind: SourceKind }[],
): PlannedImport<File>[] {
  const of = (kind: SourceKind["kind"]): File[] =>
    files.filter((one) => one.kind.kind === kind).map((one) => one.file);
  const images = of("idx-images");
  const waiting = new Set(of("idx-labels"));
  const labelsFor = (file: File): File | undefined => {
    const namesake = [...waiting].find((labels) => datasetName(labels) === datasetName(file));
    const only = images.length === 1 && waiting.size === 1 ? [...waiting][0] : undefined;
    const labels = namesake ?? only;
    if (labels) waiting.delete(labels);
    return labels;
  };
  const sets = images.map((file) => ({ file, labels: labelsFor(file) }));
  const unclear = waiting.size > 0 && sets.some(({ labels }) => !labels);
  const left = [...waiting].map((file) => file.name);
  return [
    ...of("text").map((file) => ({ kind: "table" as const, name: datasetName(file), file })),
    ...sets
      .filter(({ labels }) => labels !== undefined || !unclear)
      .map(({ file, labels }) => ({
        kind: "images" as const,
        name: datasetName(file),
        images: file,
        labels,
      })),
    ...(unclear
      ? [
          refused(
            {
              code: "pairs-unclear",
              files: [
                ...sets.filter(({ labels }) => !labels).map(({ file }) => file.name),
                ...left,
              ],
            },
            left[0] ?? "",
          ),
        ]
      : left.map((name) => refused({ code: "labels-alone", file: name }, name))),
    ...files.flatMap(({ file, kind }) =>
      kind.kind === "other"
        ? [refused({ code: "not-a-table", file: file.name, format: kind.format }, file.name)]
        : [],
    ),
  ];
}

function refused(failure: ImportFailure, name: string): PlannedImport<never> {
  return { kind: "refused", name, failure };
}

/** "penguins" for "penguins.csv"; "mnist-a" for "mnist-a-images-idx3-ubyte.gz" and for the labels beside it. */
export function datasetName({ name }: Named): string {
  const stem = name
    .replace(/^.*[\\/]/, "")
    .replace(/\.(gz|gzip)$/i, "")
    .replace(/\.(csv|tsv|tab|txt|psv|idx|ubyte|bin)$/i, "")
    .replace(/[-_. ](images|labels)[-_. ]?(idx\d)?([-_. ]?ubyte)?$/i, "")
    .trim();
  return stem === "" ? "dataset" : stem;
}
