/** The commands `npm run backup` and `npm run restore`. */
import { parseArgs } from "node:util";
import { makeBackup } from "./backup.ts";
import { BackupProblem } from "./copy.ts";
import { restoreBackup } from "./restore.ts";

const HELP = `  npm run backup  -- --data <folder> --to <new folder>     of a data folder, also while a server uses it
  npm run restore -- --from <backup> --to <new folder>     into a folder that is not there yet, or empty`;

const [command, ...args] = process.argv.slice(2);
try {
  const { values } = parseArgs({
    args,
    options: { data: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
  });
  const { data = process.env["ENSEMBLE_DATA"] ?? ".data", from, to } = values;
  if (command === "backup" && to !== undefined) await backUp(data, to);
  else if (command === "restore" && from !== undefined && to !== undefined) await restore(from, to);
  else fail(HELP);
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof BackupProblem) fail(error.message);
  else if (code?.startsWith("ERR_PARSE_ARGS") === true) fail(HELP);
  else throw error;
}

async function backUp(data: string, to: string): Promise<void> {
  const { chunks, damaged } = await makeBackup(data, to);
  console.log(
    `The backup is in ${to}: the database and ${chunks} chunks of blobs, all read through.`,
  );
  if (damaged.length > 0)
    fail(
      `Not in it are ${damaged.length} chunks that are damaged in ${data}: ${damaged.join(", ")}. Members whose browsers have them send them again once they are deleted there.`,
    );
}

async function restore(from: string, to: string): Promise<void> {
  const chunks = await restoreBackup(from, to);
  console.log(
    `Restored to ${to}: the database and ${chunks} chunks of blobs, all read through. Start it with npm start -- --data ${to}`,
  );
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
