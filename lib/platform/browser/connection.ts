/** The status "Connection" from what is known: pure. */
import { assertNever } from "../../base/assertNever.ts";
import type { Refused } from "../../sync/refusals.ts";
import type { Connection, Uploads } from "../../workspace/session.ts";
import type { LinkState } from "./serverLink.ts";

export interface ConnectionFacts {
  readonly link: LinkState;
  /** Why something that is open is refused. */
  readonly refusal: Refused | undefined;
  /** What the server turned away a moment ago. */
  readonly notice: Refused | undefined;
  readonly mayWrite: boolean;
  /** This tab holds changes that stay in it. */
  readonly overlaid: boolean;
  /** Changes, membership entries and chunks of blobs that the server has not acknowledged. */
  readonly pending: number;
  /** Of these, the changes that this browser's storage does not take. */
  readonly unkept: number;
  readonly uploads: Uploads;
}

export function connectionOf(facts: ConnectionFacts): Connection {
  const { link, refusal, notice, mayWrite, overlaid, pending, unkept, uploads } = facts;
  const waiting = {
    pending,
    notice,
    ...(unkept > 0 ? { unkept } : {}),
    ...(uploads.chunks > 0 ? { uploads } : {}),
  };
  switch (link.kind) {
    case "refused":
      return { kind: "refused", reason: link.reason };
    case "offline":
      return { kind: "offline", ...waiting };
    case "connecting":
    case "online":
      if (refusal) return refused(refusal);
      if (!mayWrite || overlaid) return { kind: "read-only", notice };
      // Before the first word of the server nothing is claimed.
      return pending === 0 && link.kind === "online"
        ? { kind: "saved", notice }
        : { kind: "saving", ...waiting };
    default:
      return assertNever(link);
  }
}

function refused({ code, limit }: Refused): Connection {
  return { kind: "refused", reason: code, limit };
}
