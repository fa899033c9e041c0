/** The server's shell: reads its settings, starts, says where it is, and ends when it is told to. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { threadedMarking } from "./collection/threadedMarking.ts";
import { announcement } from "./announcement.ts";
import { addresses } from "./addresses.ts";
import { type Log, openLog } from "./log.ts";
import { type RunningServer, startServer } from "./server.ts";
import { HELP, type Settings, parseSettings } from "./settings.ts";
import { StartProblem } from "./startProblem.ts";
import { openSqliteStore } from "./stores/sqliteStore.ts";
import type { Store } from "./stores/store.ts";
import type { Bus } from "./bus/bus.ts";

const appFolder = fileURLToPath(new URL("../app", import.meta.url));

const parsed = parseSettings(process.argv.slice(2), process.env);
if (parsed.kind === "help") console.log(HELP);
else if (parsed.kind === "wrong") fail(parsed.sentence);
else await run(parsed.settings);

async function run(settings: Settings): Promise<void> {
  const log = openLog(settings.logLevel);
  const { postgres, redis } = settings;
  try {
    const server = await startServer(settings, {
      appFolder,
      log,
      openStore: postgres === undefined ? openSqliteStore : () => openPostgres(postgres),
      ...(redis === undefined ? {} : { openBus: (store) => openRedis(redis, store, log) }),
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

/** Loaded only where they are asked for: most servers need none of them. */
async function openPostgres(url: string): Promise<Store> {
  const { openPostgresStore } = await import("./stores/postgres.ts");
  return openPostgresStore(url);
}

async function openRedis(url: string, store: Store, log: Log): Promise<Bus> {
  const { openRedisBus } = await import("./bus/redis.ts");
  // All nodes over one database have this name, and nobody else in the same Redis.
  const name = await store.secret("bus", () => randomBytes(9));
  return openRedisBus(url, `ensemble:${Buffer.from(name).toString("base64url")}`, (connected) => {
    if (connected) log.info("the bus to the other nodes works");
    else log.warn("the bus to the other nodes is away; they are heard of through the database");
  });
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
