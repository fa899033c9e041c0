/** What an author reads under a cell whose `dataset()` found nothing: what happened, to what, what to do. */
import { assertNever } from "../base/assertNever.ts";
import type { Digest } from "../base/ids.ts";
import type { ReadFailure } from "./exchange.ts";

const NAMES_LISTED = 12;
/** As much of a digest as nobody else's has: enough to pin it. */
const DIGEST_SHOWN = 8;

export function wordReadFailure(failure: ReadFailure): string {
  switch (failure.code) {
    case "dataset-missing": {
      const { name, known, nearest } = failure;
      if (known.length === 0)
        return `There is no dataset “${name}”: this workspace has none yet. Import one under Datasets.`;
      const meant = nearest === null ? "" : ` Did you mean “${nearest}”?`;
      return `There is no dataset “${name}” in this workspace.${meant} There are: ${listed(known)}.`;
    }
    case "dataset-ambiguous": {
      const offers = failure.choices.map(
        ({ digest, rows }) => `${pinned(failure.name, digest)} (${rows} rows)`,
      );
      return `“${failure.name}” means ${offers.length} datasets. Say which, or rename one: ${offers.join(", ")}.`;
    }
    case "version-missing": {
      const { name, version, known } = failure;
      const digests = known.map((digest) => digest.slice(0, DIGEST_SHOWN));
      return `“${name}” has no version ${version}. Its versions are: ${listed(digests)}.`;
    }
    case "version-not-here":
      return `“${failure.name}” has not arrived on this device yet. Connect to the server, then run the cell again.`;
    case "bytes-not-here":
      return (
        `The values of “${failure.name}” are not on this device, and the server does not have them or cannot be ` +
        "reached. Connect, or let the member who imported it connect, then run the cell again."
      );
    default:
      return assertNever(failure);
  }
}

/** The call that means one version for good: what is offered is what can be pasted. */
export function pinned(name: string, digest: Digest): string {
  return `dataset(${JSON.stringify(name)}, { version: "${digest.slice(0, DIGEST_SHOWN)}" })`;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_LISTED;
  return names.slice(0, NAMES_LISTED).join(", ") + (more > 0 ? `, and ${more} more` : "");
}
