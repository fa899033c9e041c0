/** A browser without a window: its own IndexedDB, its own tabs, and the product's own client in it. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { WebSocket } from "ws";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { type Database, openDatabase } from "../../lib/platform/browser/database.ts";
import { indexedUpdateLog } from "../../lib/platform/browser/indexedUpdateLog.ts";
import { type BrowserWorkspaces, openWorkspaces } from "../../lib/platform/browser/workspaces.ts";
import type { StorageCount } from "../../lib/platform/browser/storageHealth.ts";
import type { Channel } from "../../lib/platform/browser/tabs.ts";
import { memoryLocks } from "../../lib/testing/memoryLocks.ts";
import type { Draft } from "../../lib/storage/updateLog.ts";

export interface TestBrowser {
  /** One more tab of the same browser. */
  tab(): Promise<BrowserWorkspaces>;
  /** Closes every tab and opens a new one, over what is stored. */
  reload(): Promise<BrowserWorkspaces>;
  /** What was kept aside of a workspace's rooms. */
  drafts(workspace: WorkspaceId): Promise<readonly Draft[]>;
  /** Leaves other bytes in the place of every chunk of a blob, as a torn disk would. */
  damageBlobs(): Promise<void>;
  /** Its database, as a test looks into it; closed by the test. */
  database(): Promise<Database>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** What the browser says of its storage. */
  readonly storage?: StorageCount;
}

export function testBrowser(
  server: { readonly origin: string },
  options: BrowserOptions = {},
): TestBrowser {
  const indexedDB = new IDBFactory();
  const locks = memoryLocks();
  const channels = new Set<Channel>();
  const tabs: BrowserWorkspaces[] = [];

  const openChannel = (): Channel => {
    const channel: Channel = {
      onmessage: null,
      postMessage(message) {
        const data: unknown = structuredClone(message);
        for (const other of channels)
          if (other !== channel) queueMicrotask(() => other.onmessage?.({ data } as MessageEvent));
      },
      close: () => void channels.delete(channel),
    };
    channels.add(channel);
    return channel;
  };

  const browser: TestBrowser = {
    async tab() {
      const opened = await openWorkspaces({
        origin: server.origin,
        indexedDB,
        openChannel,
        locks,
        storage: options.storage ?? {},
        WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      });
      tabs.push(opened);
      return opened;
    },
    async reload() {
      await browser.close();
      return browser.tab();
    },
    async damageBlobs() {
      const db = await openDatabase(indexedDB);
      for (const key of await db.getAllKeys("chunks"))
        await db.put("chunks", Uint8Array.of(9), key);
      db.close();
    },
    database: () => openDatabase(indexedDB),
    async drafts(workspace) {
      const db = await openDatabase(indexedDB);
      const drafts = await indexedUpdateLog(db).drafts(`${workspace}/`);
      db.close();
      return drafts;
    },
    async close() {
      for (const tab of tabs.splice(0)) await tab.close();
    },
  };
  return browser;
}
