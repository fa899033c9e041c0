/** Finds what `dataset(name, { version })` means among a workspace's datasets, or why it means nothing. */
import type { Digest } from "../base/ids.ts";
import type { DatasetVersion } from "../document/datasetDoc.ts";
import type { DatasetEntry } from "../document/indexDoc.ts";
import { readVersions } from "./storeVersion.ts";
import type { WorkspaceSession } from "../workspace/session.ts";

export type LookupFailure =
  /** `nearest`: the known name most like it, where one is like it at all. */
  | {
      readonly code: "dataset-missing";
      readonly name: string;
      readonly known: readonly string[];
      readonly nearest: string | null;
    }
  /** Two people made it offline, or a version's beginning fits several: each is offered by its digest. */
  | {
      readonly code: "dataset-ambiguous";
      readonly name: string;
      readonly choices: readonly { readonly digest: Digest; readonly rows: number }[];
    }
  | {
      readonly code: "version-missing";
      readonly name: string;
      readonly version: string;
      readonly known: readonly Digest[];
    }
  /** The entry is here and its document has not come yet. */
  | { readonly code: "version-not-here"; readonly name: string };

export type Lookup =
  | { readonly ok: true; readonly name: string; readonly version: DatasetVersion }
  | { readonly ok: false; readonly failure: LookupFailure };

/** `version` is the beginning of a digest; left out, the current version is meant. */
export async function findDataset(
  store: Pick<WorkspaceSession, "open">,
  entries: readonly DatasetEntry[],
  name: string,
  version: string | undefined,
  signal: AbortSignal,
): Promise<Lookup> {
  const named = entries.filter((entry) => entry.name === name);
  if (named.length === 0) {
    const known = [...new Set(entries.map((entry) => entry.name))].sort();
    return failed({ code: "dataset-missing", name, known, nearest: nearestName(name, known) });
  }
  const found = new Map<Digest, DatasetVersion>();
  const known: Digest[] = [];
  for (const entry of named) {
    const wanted = ({ digest }: DatasetVersion): boolean =>
      version === undefined ? digest === entry.current : digest.startsWith(version);
    for (const one of await readVersions(store, entry.id, wanted, signal)) {
      known.push(one.digest);
      if (wanted(one)) found.set(one.digest, one);
    }
  }
  const versions = [...found.values()];
  const [only] = versions;
  if (versions.length > 1) {
    const choices = versions.map(({ digest, rows }) => ({ digest, rows }));
    return failed({ code: "dataset-ambiguous", name, choices });
  }
  if (only) return { ok: true, name, version: only };
  return failed(
    version === undefined
      ? { code: "version-not-here", name }
      : { code: "version-missing", name, version, known },
  );
}

function failed(failure: LookupFailure): Lookup {
  return { ok: false, failure };
}

/** The name that is the fewest changed letters away, if that is at most a third of its letters. */
export function nearestName(name: string, known: readonly string[]): string | null {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = letterDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, candidate.length / 3) && distance < (best?.distance ?? Infinity))
      best = { name: candidate, distance };
  }
  return best?.name ?? null;
}

/** Levenshtein's distance, one row at a time. */
function letterDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
