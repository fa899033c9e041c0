/** Finding what documents name, as a port: in a thread where there is a server, in the test's own otherwise. */
import type { JobThread } from "../stores/jobThread.ts";
import { type Content, type Marks, marksOf, marksOfState } from "./marks.ts";

export type MarkJob =
  ({ readonly kind: "room" } & Content) | { readonly kind: "state"; readonly state: Uint8Array };

export type Marking = JobThread<MarkJob, Marks>;

/** `known`: the digests that are looked for. */
export type OpenMarking = (known: readonly string[]) => Marking;

export function answerMarkJob(known: ReadonlySet<string>): (job: MarkJob) => Marks {
  return (job) => (job.kind === "room" ? marksOf(job, known) : marksOfState(job.state, known));
}

export const localMarking: OpenMarking = (known) => {
  const answer = answerMarkJob(new Set(known));
  return {
    run: async (job) => answer(await Promise.resolve(job)),
    end: () => Promise.resolve(),
  };
};
