import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestBytes } from "../../lib/base/digest.ts";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { startFakeS3 } from "../testing/fakeS3.ts";
import { describeBlobStore } from "./blobs.contract.ts";
import { openFileBlobs } from "./fileBlobs.ts";
import { openS3Blobs } from "./s3Blobs.ts";
import { parseS3Place } from "./s3Place.ts";

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "ensemble-blobs-"));

describeBlobStore("blobs in files", 10, async () => {
  const folder = await newFolder();
  return {
    open: () => openFileBlobs(folder),
    setTime: (workspace, digest, time) =>
      utimes(join(folder, workspace, digest.slice(0, 2), digest), time / 1000, time / 1000),
    clean: () => rm(folder, { recursive: true, force: true }),
  };
});

describeBlobStore("blobs in S3", 4, async () => {
  const s3 = await startFakeS3();
  return {
    open: () => openS3Blobs(parseS3Place(s3.place)!),
    async setTime(workspace, digest, time) {
      await s3.setTime(`blobs/${workspace}/${digest}`, time);
      await s3.setTime(`asked/${workspace}/${digest}`, time).catch(() => undefined);
    },
    clean: () => s3.close(),
  };
});

describe("the folder of blobs", () => {
  const workspace = "abcdefghijklmnopqrstuvwxyz" as WorkspaceId;
  const bytes = Uint8Array.of(1, 2, 3);
  const digest = digestBytes(bytes);
  const folderOf = (folder: string): string => join(folder, workspace, digest.slice(0, 2));

  it("forgets what a killed server had half received, and takes back what it had half discarded", async () => {
    const folder = await newFolder();
    const before = await openFileBlobs(folder);
    await before.write(
      workspace,
      digest,
      (async function* () {
        yield await Promise.resolve(bytes);
      })(),
    );
    await writeFile(join(folder, "incoming", "half"), "ha");
    await rename(
      join(folderOf(folder), digest),
      join(folder, "discarding", `${workspace}.${digest}`),
    );
    const after = await openFileBlobs(folder);
    expect(await after.find(workspace, digest)).toMatchObject({ size: 3 });
    expect(await readdir(join(folder, "incoming"))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("that fails is not taken for an empty one", async () => {
    const folder = await newFolder();
    const store = await openFileBlobs(folder);
    await mkdir(join(folder, workspace));
    await writeFile(folderOf(folder), "no folder");
    await expect(store.find(workspace, digest)).rejects.toThrow("ENOTDIR");
    await rm(folder, { recursive: true });
  });
});

describe("a place for blobs in S3", () => {
  it("is a bucket, perhaps with a prefix, an endpoint and a region", () => {
    expect(parseS3Place("s3://team-blobs")).toEqual({
      bucket: "team-blobs",
      prefix: "",
      endpoint: undefined,
      region: "us-east-1",
    });
    expect(parseS3Place("s3://b/a/c/?endpoint=http://minio:9000&region=eu-1", "x")).toEqual({
      bucket: "b",
      prefix: "a/c/",
      endpoint: "http://minio:9000",
      region: "eu-1",
    });
    expect(parseS3Place("s3://b", "eu-west-1")?.region).toBe("eu-west-1");
  });

  it("is refused where it is something else, or carries a password", () => {
    for (const text of ["team", "https://b", "s3://", "s3://key:secret@b", "s3://b?endpoint=minio"])
      expect(parseS3Place(text), text).toBeUndefined();
  });

  it("that cannot be used is said before anything is kept in it", async () => {
    const s3 = await startFakeS3();
    const place = parseS3Place(s3.place)!;
    await expect(openS3Blobs({ ...place, bucket: "nobodys" })).rejects.toThrow();
    await s3.close();
    await expect(openS3Blobs(place)).rejects.toThrow();
  });
});
