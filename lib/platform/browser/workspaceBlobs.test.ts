import { expect, it, vi } from "vitest";
import { digestBytes } from "../../base/digest.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { Settable } from "../../base/observable.ts";
import { memoryBlobStore } from "../../testing/memoryStorage.ts";
import type { ServerApi } from "./serverApi.ts";
import type { LinkState, ServerLink } from "./serverLink.ts";
import { WorkspaceBlobs } from "./workspaceBlobs.ts";

/** Nobody is asked for anything without a server. */
const api = {} as ServerApi;
const link = { state: new Settable<LinkState>({ kind: "offline" }) } as unknown as ServerLink;

it("clears away, after opening, chunks of what was given up more than a day ago, and no others", async () => {
  let now = Date.now() - 25 * 3600_000;
  const store = memoryBlobStore(() => now);
  const bytes = [1, 2, 3].map((value) => Uint8Array.of(value));
  const [old, kept, young] = bytes.map(digestBytes);
  await store.putChunk(old!, bytes[0]!);
  await store.putChunk(kept!, bytes[1]!);
  await store.putManifest({ sha256: kept!, size: 1, mime: "x", chunks: [kept!] }, true);
  now += 2 * 3600_000;
  await store.putChunk(young!, bytes[2]!);
  const tabs = { post: () => undefined, listen: () => () => undefined };
  const parts = { store, api, link, tabs, mayWrite: () => true };
  const blobs = new WorkspaceBlobs("w" as WorkspaceId, parts, 1);
  await vi.waitFor(async () => expect(await store.chunk(old!)).toBeUndefined());
  expect(await store.chunk(kept!)).toEqual(bytes[1]);
  expect(await store.chunk(young!)).toEqual(bytes[2]);
  blobs.close();
});
