/** The command `npm run audit`. Ends with 0 where every chain holds, 1 where one is broken, 2 where nothing could be read. */
import { parseArgs } from "node:util";
import { assertNever } from "../../lib/base/assertNever.ts";
import type { AuditBreak } from "../../lib/governance/audit.ts";
import { CheckProblem, type Checked, checkFile, checkFolder, parseSeen } from "./check.ts";

const HELP = `  npm run audit -- --data <folder>    every workspace's audit log in a data folder, also while a server uses it
  npm run audit -- --file <file>      one that an owner downloaded on the People page

  --seen <workspace>:<number>:<hash>  also compares with what was seen before, as this command printed it then;
                                      may be given several times

A chain shows what was changed, taken out or moved within it. That its end was cut off, or all of it written
anew, shows only in comparison with a later hash that was kept elsewhere: keep what this command prints.`;

function run(): void {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((one) => one !== "audit"),
    options: {
      data: { type: "string" },
      file: { type: "string" },
      seen: { type: "string", multiple: true },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return console.log(HELP);
  const seen = (values.seen ?? []).map((text) => {
    const parsed = parseSeen(text);
    if (!parsed) throw new CheckProblem(`"${text}" is not what this command prints.`);
    return parsed;
  });
  const marks = new Map(seen);
  const data = values.data ?? process.env["ENSEMBLE_DATA"] ?? ".data";
  const checked =
    values.file === undefined ? checkFolder(data, marks) : [checkFile(values.file, marks)];
  for (const one of checked) console.log(words(one));
  const broken = checked.filter((one) => one.broken !== undefined).length;
  if (broken > 0) {
    console.error(`${broken} of ${checked.length} audit logs are broken.`);
    process.exitCode = 1;
  } else
    console.log(
      checked.length === 0
        ? "There is no audit log yet."
        : `${checked.length === 1 ? "The audit log holds" : `All ${checked.length} audit logs hold`}. Whether an end was cut off shows only against a line like those above that was kept elsewhere (--seen).`,
    );
}

function words({ workspace, count, end, broken, compared }: Checked): string {
  const entries = count === 1 ? "1 entry" : `${count} entries`;
  if (broken) return `${workspace}  BROKEN, ${entries}: ${breakWords(broken)}`;
  return `${workspace}:${end?.seq}:${end?.hash}  verified, ${entries}${compared ? ", and holds what was seen before" : ""}`;
}

function breakWords({ why, seq }: AuditBreak): string {
  switch (why) {
    case "changed":
      return `record ${seq} does not say what it said when it was written`;
    case "missing":
      return `record ${seq} is missing, or stands in another place`;
    case "cut-in":
      return `record ${seq} does not follow from the one before it: records were taken out or put in`;
    case "shorter":
      return `record ${seq} was seen, and the log ends before it: its end was cut off`;
    case "rewritten":
      return `record ${seq} is another than the one that was seen: the log was written anew`;
    default:
      return assertNever(why);
  }
}

try {
  run();
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof CheckProblem) console.error(error.message);
  else if (code?.startsWith("ERR_PARSE_ARGS") === true) console.error(HELP);
  else throw error;
  process.exitCode = 2;
}
