/**
 * What was taken out of a workspace's rooms in this browser, so that a person finds it again: drafts, which could not
 * become everybody's, and damages, which could not be read.
 */
import { type Observable, Settable } from "../base/observable.ts";
import type { WorkspaceId } from "../base/ids.ts";
import type { Damage, Draft, UpdateLog } from "../storage/updateLog.ts";

export type { Damage, Draft } from "../storage/updateLog.ts";

export interface AsideState {
  readonly drafts: readonly Draft[];
  readonly damages: readonly Damage[];
}

export interface Aside {
  readonly state: Observable<AsideState>;
  /** As soon as everything that was asked for before is written; where that cannot be, the draft stays. */
  forgetDraft(draft: Draft): Promise<void>;
  /** The person has been told of all damages. */
  told(): Promise<void>;
  forgetDamages(): Promise<void>;
}

type Log = Pick<
  UpdateLog,
  | "written"
  | "failure"
  | "drafts"
  | "forgetDraft"
  | "damages"
  | "damagesTold"
  | "forgetDamages"
  | "onAside"
>;

/** Follows the log until it is closed. */
export function asideOf(log: Log, workspace: WorkspaceId): Aside & { close(): void } {
  const prefix = `${workspace}/`;
  const state = new Settable<AsideState>({ drafts: [], damages: [] });
  let closed = false;
  const look = async (): Promise<void> => {
    const [drafts, damages] = await Promise.all([log.drafts(prefix), log.damages(prefix)]);
    if (!closed) state.set({ drafts, damages });
  };
  const lookQuietly = (): void => void look().catch(() => undefined);
  const stop = log.onAside((room) => void (room.startsWith(prefix) && lookQuietly()));
  lookQuietly();
  return {
    state,
    async forgetDraft({ id }) {
      // What was made of it is written first; where the disk is full, the draft stays.
      await log.written();
      if (log.failure.current === undefined) await log.forgetDraft(id);
      await look();
    },
    async told() {
      await log.damagesTold(prefix);
      await look();
    },
    async forgetDamages() {
      await log.forgetDamages(prefix);
      await look();
    },
    close() {
      closed = true;
      stop();
    },
  };
}
