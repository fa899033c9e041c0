/** As whom a proxy knows the people behind devices: written down in the audit log when it is new, and read from it. */
import { randomBytes } from "node:crypto";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { SignedIn } from "./access.ts";
import type { Store } from "./stores/store.ts";

const PAGE = 1000;

export interface Identities {
  /** This device signed in, and a proxy says as whom; "" where there is none. */
  note(who: SignedIn, signedInAs: string): Promise<void>;
  /** The last identity of each device's key. */
  of(workspace: WorkspaceId): Promise<ReadonlyMap<string, string>>;
}

interface Known {
  readonly devices: Map<string, string>;
  /** The number of the last record that was read. */
  upTo: number;
}

export function openIdentities(store: Pick<Store, "appendAudit" | "audit">): Identities {
  const known = new Map<WorkspaceId, Known>();

  /** What was read is kept: only what came since is read again. */
  const read = async (workspace: WorkspaceId): Promise<Map<string, string>> => {
    const mine = known.get(workspace) ?? { devices: new Map<string, string>(), upTo: 0 };
    known.set(workspace, mine);
    for (;;) {
      const records = await store.audit(workspace, mine.upTo, PAGE);
      for (const { seq, device, signedInAs } of records) {
        if (signedInAs !== "") mine.devices.set(device, signedInAs);
        mine.upTo = Math.max(mine.upTo, seq);
      }
      if (records.length < PAGE) return mine.devices;
    }
  };

  return {
    async note({ workspace, key, member }, signedInAs) {
      if (signedInAs === "" || known.get(workspace)?.devices.get(key) === signedInAs) return;
      if ((await read(workspace)).get(key) === signedInAs) return;
      await store.appendAudit(workspace, [
        {
          kind: "signed-in",
          id: randomBytes(15).toString("base64url"),
          member: member.id,
          name: member.name,
          device: key,
          signedInAs,
          facts: {},
        },
      ]);
    },
    of: read,
  };
}
