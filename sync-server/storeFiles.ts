/** The files of the embedded store on the disk. */
import { stat } from "node:fs/promises";

/** Bytes of the database file and of the log beside it; of neither where the store is elsewhere. */
export async function bytesOfStore(path: string): Promise<Readonly<Record<string, number>>> {
  const sizeOf = (file: string): Promise<number | undefined> =>
    stat(file).then(
      ({ size }) => size,
      () => undefined,
    );
  const [database, log] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)]);
  return {
    ...(database === undefined ? {} : { database }),
    ...(log === undefined ? {} : { log }),
  };
}
