/**
 * The membership logs that this server has read, and how entries get into them: judged by the log as it is,
 * and judged again where somebody else was quicker.
 */
import type { WorkspaceId } from "../lib/base/ids.ts";
import { auditEntries } from "../lib/governance/membershipAudit.ts";
import { webcryptoSignatures } from "../lib/platform/webcrypto.ts";
import { type Entry, entryId, parseEntry } from "../lib/workspace/entry.ts";
import {
  type EntryRefusal,
  type Membership,
  applyEntries,
  replay,
} from "../lib/workspace/membership.ts";
import { limits } from "./limits.ts";
import type { Store } from "./stores/store.ts";

type Refusal = EntryRefusal | "not-an-entry" | "log-full";

export interface Accepted {
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly reason: Refusal }[];
}

export interface MembershipLogs {
  /** The membership; one without members where the server knows no such workspace. */
  current(workspace: WorkspaceId): Promise<Membership>;
  /**
   * Judges and appends; gives back the membership as it is then, too. `signedInAs`: as whom a proxy knows whoever
   * brings them; "" where there is none.
   */
  add(
    workspace: WorkspaceId,
    values: readonly unknown[],
    signedInAs?: string,
  ): Promise<Accepted & Log>;
  /** Whether the log was read and is kept in memory. */
  knows(workspace: WorkspaceId): boolean;
  /** The workspaces whose logs in memory are not what is stored. */
  outdated(): Promise<readonly WorkspaceId[]>;
  /** Reads what is stored: another node may have appended. */
  reread(workspace: WorkspaceId): Promise<Membership>;
}

interface Log {
  readonly membership: Membership;
  /** How many entries are stored. */
  readonly length: number;
}

interface Judged extends Accepted {
  readonly membership: Membership;
  /** The entries that are new. */
  readonly fresh: readonly Entry[];
}

export function openMembershipLogs(store: Store): MembershipLogs {
  const known = new Map<WorkspaceId, Promise<Log>>();

  const read = async (workspace: WorkspaceId): Promise<Log> => {
    const stored = await store.entries(workspace);
    const entries = stored.map((text) => parseEntry(JSON.parse(text)));
    const membership = await replay(
      workspace,
      entries.filter((entry) => entry !== undefined),
      webcryptoSignatures,
    );
    return { membership, length: stored.length };
  };

  /** What failed, and names that nobody registered, are not kept in memory. */
  const keep = <L extends Log>(workspace: WorkspaceId, log: Promise<L>): Promise<L> => {
    known.set(workspace, log);
    const forget = (): void => {
      if (known.get(workspace) === log) known.delete(workspace);
    };
    log.then(({ length }) => {
      if (length === 0) forget();
    }, forget);
    return log;
  };

  const current = (workspace: WorkspaceId): Promise<Log> =>
    known.get(workspace) ?? keep(workspace, read(workspace));

  const add = async (
    before: Log,
    values: readonly unknown[],
    signedInAs: string,
  ): Promise<Accepted & Log> => {
    for (let log = before; ; log = await read(before.membership.workspace)) {
      const { fresh, ...judged } = await judge(log.membership, values, signedInAs);
      const { workspace } = judged.membership;
      if (fresh.length === 0) return { ...judged, length: log.length };
      const texts = fresh.map((entry) => JSON.stringify(entry));
      const facts = auditEntries(fresh, log.membership, judged.membership, signedInAs);
      if (await store.appendEntries(workspace, texts, log.length, facts))
        return { ...judged, length: log.length + fresh.length };
    }
  };

  return {
    current: async (workspace) => (await current(workspace)).membership,
    // One after another for a workspace: each is judged by the log as the one before left it.
    add: (workspace, values, signedInAs = "") =>
      keep(
        workspace,
        current(workspace).then((before) => add(before, values, signedInAs)),
      ),
    knows: (workspace) => known.has(workspace),
    async outdated() {
      const logs = [...known];
      const settled = await Promise.allSettled(logs.map(([, log]) => log));
      const workspaces = logs.map(([workspace]) => workspace);
      if (workspaces.length === 0) return [];
      const stands = (await store.standing([], workspaces)).workspaces;
      return workspaces.filter((workspace, i) => {
        const log = settled[i];
        return (
          known.get(workspace) === logs[i]?.[1] &&
          log?.status === "fulfilled" &&
          log.value.length !== stands[i]
        );
      });
    },
    async reread(workspace) {
      // After what is being appended here, and before what is appended next.
      const before = Promise.resolve(known.get(workspace)).catch(() => undefined);
      const log = before.then(() => read(workspace));
      return (await keep(workspace, log)).membership;
    },
  };
}

/** What the log says of each entry. Changes nothing. */
async function judge(
  before: Membership,
  values: readonly unknown[],
  signedInAs: string,
): Promise<Judged> {
  const known = before.seen.size > 0;
  const refused: { index: number; reason: Refusal }[] = [];
  const candidates: { index: number; entry: Entry }[] = [];
  let space = limits.entries - before.seen.size;
  for (const [index, value] of values.entries()) {
    const entry = parseEntry(value);
    if (!entry) refused.push({ index, reason: "not-an-entry" });
    else if (known && entry.act.kind === "open-join" && signedInAs === "")
      refused.push({ index, reason: "not-open" });
    else if (!before.seen.has(entryId(entry)) && space-- <= 0)
      refused.push({ index, reason: "log-full" });
    else candidates.push({ index, entry });
  }
  const entries = candidates.map(({ entry }) => entry);
  // A log that comes whole, made offline or on a server that was lost, was in time where it was made.
  const now = known ? Date.now() : 0;
  const applied = await applyEntries(before, entries, now, webcryptoSignatures);
  const said = new Map(applied.refused.map(({ index, reason }) => [index, reason]));
  const fresh = new Map<string, Entry>();
  for (const [i, { index, entry }] of candidates.entries()) {
    const reason = said.get(i);
    if (reason) refused.push({ index, reason });
    else if (!before.seen.has(entryId(entry))) fresh.set(entryId(entry), entry);
  }
  refused.sort((a, b) => a.index - b.index);
  const { membership } = fresh.size > 0 ? applied : { membership: before };
  const accepted = values.length - refused.length;
  return { accepted, refused, membership, fresh: [...fresh.values()] };
}
