/** A reason not to start, as the one line that a person reads. */
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

export class StartProblem extends Error {}

/** Makes the data folder where it is missing, and tries whether it can be written. */
export async function prepareFolder(data: string): Promise<void> {
  const probe = join(data, `.probe-${process.pid}`);
  try {
    await makeFolder(resolve(data, "blobs"));
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new StartProblem(
      `The data folder ${data} cannot be written (${code}). Choose another: npm start -- --data <folder>`,
    );
  }
}

/** Step by step: Node's recursive mkdir never comes back below a folder such as /proc. */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path);
}
