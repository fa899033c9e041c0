/**
 * All rows of a long table that a cell showed: fetched when somebody looks beyond the first ones, from this
 * browser or the server, and asked for again after a while (the member who ran the cell may still be sending it) and
 * when the server is back.
 */
import { untrack } from "svelte";
import type { StoredTable } from "../../../lib/datasets/arrow.ts";
import { openShown } from "../../../lib/datasets/shownTable.ts";
import type { TableOutput } from "../../../lib/kernel/mime.ts";
import type { TableBlobs } from "./tableBlobs.ts";

export type Whole =
  | { readonly kind: "waiting" }
  | { readonly kind: "loading"; readonly fraction: number }
  | { readonly kind: "here"; readonly table: StoredTable }
  | { readonly kind: "not-here" }
  | { readonly kind: "broken" };

export interface WholeTable {
  readonly current: Whole;
  /** Begins to fetch it, if nobody has. */
  want(): void;
  again(): void;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;

/** Follows `output` as it changes. Made while a component is. */
export function wholeTable(source: TableBlobs | undefined, output: () => TableOutput): WholeTable {
  let current = $state.raw<Whole>({ kind: "waiting" });
  let wanted = $state(false);
  let tries = $state(0);
  /** How long after a try in vain the next one comes by itself. */
  let retryMs = FIRST_RETRY_MS;
  const name = $derived(output().whole?.blob.sha256);

  $effect(() => {
    void name;
    return () => {
      current = { kind: "waiting" };
      wanted = false;
      retryMs = FIRST_RETRY_MS;
    };
  });

  $effect(() => {
    void tries;
    if (name === undefined || !wanted || !source) return;
    let gone = false;
    const show = (whole: Whole): void => {
      if (!gone) current = whole;
    };
    // A try that comes by itself says nothing until it gets somewhere.
    if (untrack(() => current.kind) !== "not-here") show({ kind: "loading", fraction: 0 });
    void fetchWhole(source, output(), (fraction) => show({ kind: "loading", fraction })).then(show);
    return () => (gone = true);
  });

  const missing = $derived(current.kind === "not-here");
  $effect(() => {
    // Each try in vain is a state of its own.
    if (current.kind !== "not-here") return;
    const timer = setTimeout(() => (tries += 1), retryMs);
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    return () => clearTimeout(timer);
  });
  $effect(() => {
    if (!missing || !source) return;
    const { connection } = source.session;
    let before = connection.current.kind;
    return connection.subscribe(() => {
      const now = connection.current.kind;
      if (now !== "offline" && before === "offline") tries += 1;
      before = now;
    });
  });

  return {
    get current() {
      return current;
    },
    want() {
      wanted = true;
    },
    again() {
      current = { kind: "waiting" };
      tries += 1;
    },
  };
}

async function fetchWhole(
  { session, check }: TableBlobs,
  { whole, columns }: TableOutput,
  progress: (fraction: number) => void,
): Promise<Whole> {
  if (!whole) return { kind: "broken" };
  let bytes: Uint8Array;
  try {
    bytes = await session.blobs.get(whole.blob, progress);
  } catch {
    return { kind: "not-here" };
  }
  const expected = { rows: whole.rows, columns: columns.length };
  if (!(await check(bytes, expected))) return { kind: "broken" };
  const table = openShown(bytes, expected);
  return table ? { kind: "here", table } : { kind: "broken" };
}
