/** The status "Connection" from what is known: pure. */
import { assertNever } from "../../base/assertNever.ts";
import type { Connection } from "../../workspace/session.ts";
import type { LinkState } from "./serverLink.ts";

export interface ConnectionFacts {
  readonly link: LinkState;
  /** Why something that is open is refused. */
  readonly refusal: string | undefined;
  readonly mayWrite: boolean;
  /** This tab holds changes that stay in it. */
  readonly overlaid: boolean;
  /** Changes, membership entries and chunks of blobs that the server has not acknowledged. */
  readonly pending: number;
  /** Of these, the changes that this browser's storage does not take. */
  readonly unkept: number;
}

export function connectionOf(facts: ConnectionFacts): Connection {
  const { link, refusal, mayWrite, overlaid, pending } = facts;
  const waiting = { pending, ...(facts.unkept > 0 ? { unkept: facts.unkept } : {}) };
  switch (link.kind) {
    case "refused":
      return { kind: "refused", reason: link.reason };
    case "offline":
      return { kind: "offline", ...waiting };
    case "connecting":
    case "online":
      if (refusal !== undefined) return { kind: "refused", reason: refusal };
      if (!mayWrite || overlaid) return { kind: "read-only" };
      // Before the first word of the server nothing is claimed.
      return pending === 0 && link.kind === "online"
        ? { kind: "saved" }
        : { kind: "saving", ...waiting };
    default:
      return assertNever(link);
  }
}
