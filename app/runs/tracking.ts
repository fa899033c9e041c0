/** Tracking for a kernel of this tab: the capability behind every fit, with the browser's clock and chance. */
import type { Capability } from "../../lib/kernel/capability.ts";
import { runsCapability } from "../../lib/runs/host.ts";
import type { RunRequest } from "../../lib/runs/requests.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";

export function trackRuns(
  session: Pick<WorkspaceSession, "open" | "blobs" | "me">,
): Capability<RunRequest> {
  return runsCapability({
    session,
    world: {
      now: () => Date.now(),
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      every(ms, act) {
        const timer = setInterval(act, ms);
        return () => clearInterval(timer);
      },
    },
  });
}
