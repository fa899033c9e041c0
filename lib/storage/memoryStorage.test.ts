import { memoryBlobStore, memoryUpdateLog } from "../testing/memoryStorage.ts";
import { describeBlobStore, describeUpdateLog } from "./storage.contract.ts";

describeUpdateLog("in memory", () => {
  const log = memoryUpdateLog();
  return Promise.resolve({
    log,
    reopen: () => Promise.resolve(log),
    damage: (room) => Promise.resolve(log.damage(room)),
  });
});

describeBlobStore("in memory", (now) => Promise.resolve(memoryBlobStore(now)));
