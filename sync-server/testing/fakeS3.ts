/** An S3 store on this machine, with one bucket, over a folder of its own. */
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";

export interface FakeS3 {
  /** As --s3 takes it. */
  readonly place: string;
  /** Says of an object that it was written then, milliseconds since 1970. */
  setTime(key: string, time: number): Promise<void>;
  close(): Promise<void>;
}

const BUCKET = "ensemble";

/** Its credentials are put into the environment, where every client of the test finds them. */
export async function startFakeS3(): Promise<FakeS3> {
  process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
  process.env["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
  process.env["NODE_NO_WARNINGS"] = "1";
  const directory = await mkdtemp(join(tmpdir(), "ensemble-s3-"));
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  return {
    place: `s3://${BUCKET}/team?endpoint=http://127.0.0.1:${port}`,
    setTime: (key, time) =>
      utimes(join(directory, BUCKET, `team/${key}._S3rver_object`), time / 1000, time / 1000),
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
