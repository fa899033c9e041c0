/** The server's shell: reads its settings, starts, says where it is, and ends when it is told to. */
import { fileURLToPath } from "node:url";
import { announcement } from "./announcement.ts";
import { addresses } from "./addresses.ts";
import { openLog } from "./log.ts";
import { startServer } from "./server.ts";
import { HELP, type Settings, parseSettings } from "./settings.ts";
import { StartProblem } from "./startProblem.ts";
import { openSqliteStore } from "./stores/sqliteStore.ts";

const appFolder = fileURLToPath(new URL("../app", import.meta.url));

const parsed = parseSettings(process.argv.slice(2), process.env);
if (parsed.kind === "help") console.log(HELP);
else if (parsed.kind === "wrong") fail(parsed.sentence);
else await run(parsed.settings);

async function run(settings: Settings): Promise<void> {
  const log = openLog();
  try {
    const server = await startServer(settings, {
      appFolder,
      log,
      openStore: openSqliteStore,
    });
    for (const line of announcement({ ...settings, port: server.port }, addresses()))
      console.log(line);
    let closing = false;
    const close = (): void => {
      if (closing) return;
      closing = true;
      void server.close().then(() => process.exit(0));
    };
    process.on("SIGTERM", close);
    process.on("SIGINT", close);
  } catch (error) {
    if (error instanceof StartProblem) fail(error.message);
    else throw error;
  }
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
