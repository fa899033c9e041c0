/** The server's shell: reads its settings, starts, says where it is, and ends when it is told to. */
import { fileURLToPath } from "node:url";
import { threadedMarking } from "./collection/threadedMarking.ts";
import { announcement } from "./announcement.ts";
import { addresses } from "./addresses.ts";
import { type Log, openLog } from "./log.ts";
import { type RunningServer, startServer } from "./server.ts";
import { HELP, type Settings, parseSettings } from "./settings.ts";
import { StartProblem } from "./startProblem.ts";
import { openSqliteStore } from "./stores/sqliteStore.ts";

const appFolder = fileURLToPath(new URL("../app", import.meta.url));

const parsed = parseSettings(process.argv.slice(2), process.env);
if (parsed.kind === "help") console.log(HELP);
else if (parsed.kind === "wrong") fail(parsed.sentence);
else await run(parsed.settings);

async function run(settings: Settings): Promise<void> {
  const log = openLog(settings.logLevel);
  try {
    const server = await startServer(settings, {
      appFolder,
      log,
      openStore: openSqliteStore,
      marking: threadedMarking,
    });
    for (const line of announcement({ ...settings, port: server.port }, addresses()))
      console.log(line);
    endWhenTold(server, log);
  } catch (error) {
    if (error instanceof StartProblem) fail(error.message);
    else throw error;
  }
}

/** The first signal ends it in good order, the second at once. */
function endWhenTold(server: RunningServer, log: Log): void {
  let told = false;
  const end = (): void => {
    if (told) process.exit(1);
    told = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "not stopped in good order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "a fault of the server");
    process.exit(1);
  });
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
