/** What can happen to a disk: torn writes, no space, a death in the middle of compaction. */
import { fillDisk } from "./diskFull.ts";
import { killCompactions } from "./killedCompaction.ts";
import { tearLog } from "./tornWrite.ts";
import type { Torture } from "./torture.ts";

interface Size {
  readonly tears: number;
  readonly disks: number;
  readonly compactions: number;
}

export const damage: Torture<Size> = {
  title:
    "Torn write, full disk, kill in the middle of compaction: back to the last acknowledgement, never an empty room",
  short: { tears: 8, disks: 1, compactions: 2 },
  long: { tears: 200, disks: 5, compactions: 40 },
  async run(seed, { tears, disks, compactions }, say) {
    await tearLog(seed, tears, say);
    for (let i = 0; i < disks; i++) await fillDisk(seed + i, say);
    await killCompactions(seed, compactions, say);
  },
};
