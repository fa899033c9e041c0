/**
 * Blobs as objects of an S3-compatible store: <prefix>blobs/<workspace>/<sha256>. An empty object of the same name
 * under asked/ carries the time of the last refresh, since not every store gives an object a new time when it is
 * copied onto itself. Loaded only where the server is started with --s3.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Readable } from "node:stream";
import { type Digest, type WorkspaceId, isDigest } from "../../lib/base/ids.ts";
import type { BlobFacts, BlobStore, ListedBlob } from "./blobs.ts";
import type { S3Place } from "./s3Place.ts";

/** A discarding that began longer ago than this was cut off, milliseconds. */
const DISCARDING_LASTS = 5 * 60_000;
const LOOK_AGAIN_MS = 50;

type Kind = "blobs" | "asked";

/** Rejects with a clause where the bucket cannot be used. Credentials are those of the usual AWS variables and files. */
export async function openS3Blobs({
  bucket,
  prefix,
  endpoint,
  region,
}: S3Place): Promise<BlobStore> {
  const s3 = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Bytes are checked against their own names; not every store knows the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const keyOf = (kind: Kind, workspace: WorkspaceId, digest: Digest | ""): string =>
    `${prefix}${kind}/${workspace}/${digest}`;
  const objectOf = (
    kind: Kind,
    workspace: WorkspaceId,
    digest: Digest,
  ): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: keyOf(kind, workspace, digest) });

  const head = async (
    kind: Kind,
    workspace: WorkspaceId,
    digest: Digest,
  ): Promise<BlobFacts | undefined> => {
    const command = new HeadObjectCommand(objectOf(kind, workspace, digest));
    const found = await s3.send(command).catch(unlessMissing);
    return (
      found && { size: found.ContentLength ?? 0, time: found.LastModified?.getTime() ?? Date.now() }
    );
  };
  const put = (
    kind: Kind,
    workspace: WorkspaceId,
    digest: Digest,
    bytes: Uint8Array,
  ): Promise<unknown> =>
    s3.send(new PutObjectCommand({ ...objectOf(kind, workspace, digest), Body: bytes }));
  const remove = (kind: Kind, workspace: WorkspaceId, digest: Digest): Promise<unknown> =>
    s3.send(new DeleteObjectCommand(objectOf(kind, workspace, digest)));

  /** Every discarding has a mark of its own. */
  const marksOf = (workspace: WorkspaceId, digest: Digest): string =>
    `${prefix}discarding/${workspace}/${digest}/`;
  const isBeingDiscarded = async (workspace: WorkspaceId, digest: Digest): Promise<boolean> => {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: marksOf(workspace, digest),
    });
    const { Contents = [] } = await s3.send(command);
    const latest = Date.now() - DISCARDING_LASTS;
    return Contents.some(({ LastModified }) => (LastModified?.getTime() ?? Infinity) > latest);
  };

  const find = async (workspace: WorkspaceId, digest: Digest): Promise<BlobFacts | undefined> => {
    const [blob, asked] = await Promise.all([
      head("blobs", workspace, digest),
      head("asked", workspace, digest),
    ]);
    return blob && { size: blob.size, time: Math.max(blob.time, asked?.time ?? 0) };
  };

  /**
   * To be asked after a time was made new: is the blob there, for good? A discarding whose mark is not seen here
   * has either ended, or will see the new time.
   */
  const isThere = async (workspace: WorkspaceId, digest: Digest): Promise<boolean> => {
    while (await isBeingDiscarded(workspace, digest)) await delay(LOOK_AGAIN_MS);
    return (await head("blobs", workspace, digest)) !== undefined;
  };

  async function* listAll(kind: Kind, workspace: WorkspaceId): AsyncGenerator<ListedBlob> {
    const prefixOfAll = keyOf(kind, workspace, "");
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefixOfAll,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const digest = Key.slice(prefixOfAll.length);
        const time = LastModified?.getTime() ?? Date.now();
        if (isDigest(digest)) yield { digest, size: Size, time };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  // Reading, writing and listing are tried before anything depends on them.
  const trial = { Bucket: bucket, Key: `${prefix}trial` };
  await s3.send(new PutObjectCommand({ ...trial, Body: new Uint8Array() }));
  await s3.send(new HeadObjectCommand(trial));
  await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: trial.Key }));

  return {
    find,
    async read(workspace, digest, range) {
      const { Body } = await s3.send(
        new GetObjectCommand({
          ...objectOf("blobs", workspace, digest),
          ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
        }),
      );
      return Body as Readable;
    },
    async write(workspace, digest, bytes) {
      const whole = await gather(bytes);
      if (createHash("sha256").update(whole).digest("hex") !== digest) return "digest-differs";
      do await put("blobs", workspace, digest, whole);
      while (!(await isThere(workspace, digest)));
      return "kept";
    },
    async refresh(workspace, digest) {
      if (!(await head("blobs", workspace, digest))) return false;
      await put("asked", workspace, digest, new Uint8Array());
      return isThere(workspace, digest);
    },
    async discard(workspace, digest, before) {
      const began = Date.now();
      const mark = {
        Bucket: bucket,
        Key: marksOf(workspace, digest) + randomBytes(9).toString("hex"),
      };
      await s3.send(new PutObjectCommand({ ...mark, Body: new Uint8Array() }));
      try {
        const found = await find(workspace, digest);
        if (!found || found.time >= before) return false;
        if (Date.now() - began > DISCARDING_LASTS / 2) return false;
        await remove("blobs", workspace, digest);
        await remove("asked", workspace, digest);
        return true;
      } finally {
        await s3.send(new DeleteObjectCommand(mark));
      }
    },
    async *list(workspace) {
      const asked = new Map<Digest, number>();
      for await (const { digest, time } of listAll("asked", workspace)) asked.set(digest, time);
      for await (const blob of listAll("blobs", workspace))
        yield { ...blob, time: Math.max(blob.time, asked.get(blob.digest) ?? 0) };
    },
    close() {
      s3.destroy();
      return Promise.resolve();
    },
  };
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

/** Only what is not there is not there: a store that cannot be asked must not look empty. */
function unlessMissing(error: unknown): undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode !== 404) throw error;
  return undefined;
}
