/** The bytes of the version that a page shows: fetched when it is looked at, from this browser or the server. */
import { type StoredTable, decodeTable } from "../../lib/datasets/arrow.ts";
import type { BlobManifest } from "../../lib/document/blobManifest.ts";
import type { DatasetVersion } from "../../lib/document/datasetDoc.ts";
import type { Blobs } from "../../lib/workspace/session.ts";

export type VersionBytes =
  | { readonly kind: "loading"; readonly fraction: number }
  | { readonly kind: "table"; readonly table: StoredTable }
  | {
      readonly kind: "images";
      readonly images: Uint8Array;
      readonly labels: Uint8Array | undefined;
    }
  | { readonly kind: "not-here" };

/** Follows `version` as it changes; asking anew is `again()`. Made while a component is. */
export function openVersion(
  blobs: Blobs,
  version: () => DatasetVersion | undefined,
): { readonly current: VersionBytes; again(): void } {
  let current = $state.raw<VersionBytes>({ kind: "loading", fraction: 0 });
  let tries = $state(0);
  const digest = $derived(version()?.digest);

  $effect(() => {
    void tries;
    if (digest === undefined) return;
    const wanted = version();
    if (!wanted) return;
    let gone = false;
    current = { kind: "loading", fraction: 0 };
    const show = (bytes: VersionBytes): void => {
      if (!gone) current = bytes;
    };
    fetchVersion(blobs, wanted, (fraction) => show({ kind: "loading", fraction })).then(show, () =>
      show({ kind: "not-here" }),
    );
    return () => (gone = true);
  });

  return {
    get current() {
      return current;
    },
    again: () => (tries += 1),
  };
}

async function fetchVersion(
  blobs: Blobs,
  { content }: DatasetVersion,
  progress: (fraction: number) => void,
): Promise<VersionBytes> {
  const get = (blob: BlobManifest): Promise<Uint8Array> => blobs.get(blob, progress);
  if (content.kind === "table")
    return { kind: "table", table: decodeTable(await get(content.table)) };
  const images = await get(content.images);
  return { kind: "images", images, labels: content.labels && (await get(content.labels)) };
}
