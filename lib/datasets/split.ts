/**
 * Parts a dataset into what a model learns from and what it is tried on. The same rows, options and seed give
 * the same parts on every machine: chance comes from a generator of its own, not from Math.random.
 */

export interface SplitOptions {
  /** The share of rows to try on, between 0 and 1, or how many rows. */
  readonly test: number;
  /** Chooses which rows; 1 where it is left out. */
  readonly seed?: number;
  /** Keeps the mixture: each of these labels, one for each row, has its share in both parts. */
  readonly strata?: ArrayLike<unknown>;
}

export interface Parts {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** The rows of both parts, each in its original order. Throws a RangeError where a part would be empty. */
export function splitRows(rows: number, options: SplitOptions): Parts {
  const { test, seed = 1, strata } = options;
  const wanted = test > 0 && test < 1 ? Math.round(rows * test) : test;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted >= rows)
    throw new RangeError(
      `split() cannot put ${test} of ${rows} rows aside. Give test as a share between 0 and 1, ` +
        "or as a number of rows, so that both parts have rows.",
    );
  const next = generator(seed);
  const chosen = new Uint8Array(rows);
  for (const { members, take } of quotas(rows, wanted, strata)) {
    shuffle(members, next);
    for (const row of members.slice(0, take)) chosen[row] = 1;
  }
  const part = (flag: number): Uint32Array =>
    Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => chosen[row] === flag);
  return { train: part(0), test: part(1) };
}

/** How many rows of each group are put aside: its share, rounded so that all together are as many as wanted. */
function quotas(
  rows: number,
  wanted: number,
  strata: ArrayLike<unknown> | undefined,
): { members: number[]; take: number }[] {
  const groups = new Map<unknown, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = strata?.[row] ?? null;
    const key = group instanceof Date ? group.getTime() : group;
    const members = groups.get(key);
    if (members) members.push(row);
    else groups.set(key, [row]);
  }
  const shares = [...groups.values()].map((members) => {
    const exact = (members.length * wanted) / rows;
    return { members, take: Math.floor(exact), left: exact - Math.floor(exact) };
  });
  // Largest remainders first; of equals, the group that was met first.
  let missing = wanted - shares.reduce((sum, { take }) => sum + take, 0);
  for (const share of shares.toSorted((a, b) => b.left - a.left)) {
    if (missing === 0) break;
    share.take += 1;
    missing -= 1;
  }
  return shares;
}

/** Fisher and Yates. */
function shuffle(rows: number[], next: () => number): void {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
}

/** mulberry32: 32 bits of state, and even for seeds that follow one another far apart. */
function generator(seed: number): () => number {
  let state = Math.imul(Math.floor(seed), 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
