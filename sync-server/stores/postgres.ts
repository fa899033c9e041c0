/**
 * The store in PostgreSQL, which several nodes share. While it is away everything is refused, and nothing is called
 * durable; the next request tries to reach it again.
 */
import { Pool, type PoolClient } from "pg";
import { type StorePort, batchingStore } from "./batchingStore.ts";
import {
  loadRoom,
  readAudit,
  readEntries,
  readRooms,
  readSecret,
  readStanding,
  readWorkspaces,
} from "./postgresReads.ts";
import { preparePostgres } from "./postgresSchema.ts";
import { batchWriter } from "./postgresWrites.ts";
import type { Store } from "./store.ts";
import type { StoreAnswer, StoreRequest } from "./storeRequests.ts";
import { STORE_AWAY } from "./storeAway.ts";
import { type FoldThread, openFoldThread } from "./threadedFold.ts";

/** Connections of one node: one writes, the others load. */
const CONNECTIONS = 8;
/** An answer that takes longer, milliseconds, does not come: whoever waits for it is told to try later. */
const ANSWER_MS = 30_000;
const CONNECT_MS = 5_000;

/** Makes the tables where they are missing. Rejects with one sentence where the database cannot be used. */
export async function openPostgresStore(
  url: string,
  folding: FoldThread = openFoldThread(),
): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: "ensemble",
  });
  // A connection that breaks while nobody uses it is replaced by the next that is needed.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  try {
    await using(pool, preparePostgres);
  } catch (error) {
    await Promise.all([pool.end(), folding.end()]);
    throw new Error(`The PostgreSQL database cannot be used: ${clause(error)}.`, { cause: error });
  }
  return batchingStore(portTo(pool, folding), (log) => folding.run(log));
}

function portTo(pool: Pool, folding: FoldThread): StorePort {
  const listeners: ((answer: StoreAnswer) => void)[] = [];
  const write = batchWriter();

  const carryOut = (request: StoreRequest): Promise<unknown> => {
    switch (request.kind) {
      case "write":
        return using(pool, (client) => write(client, request.batch));
      case "load":
        return loadRoom(pool, request.room, request.since);
      case "entries":
        return readEntries(pool, request.workspace);
      case "rooms":
        return readRooms(pool, request.workspace);
      case "workspaces":
        return readWorkspaces(pool);
      case "audit":
        return readAudit(pool, request.workspace, request.after, request.limit);
      case "secret":
        return readSecret(pool, request.name);
      case "standing":
        return readStanding(pool, request.rooms, request.workspaces);
      case "close":
        return pool.end();
    }
  };

  return {
    post(request) {
      const { id } = request;
      void carryOut(request)
        .then(
          (value): StoreAnswer => ({ kind: "done", id, value }),
          (error: unknown): StoreAnswer => ({
            kind: "refused",
            id,
            message: error instanceof Error ? error.message : String(error),
            code: isAway(error) ? STORE_AWAY : codeOf(error),
          }),
        )
        .then((answer) => listeners.forEach((one) => one(answer)));
    },
    onAnswer: (listener) => void listeners.push(listener),
    end: () => folding.end(),
  };
}

/** With a connection of its own; one on which something went wrong is not used again. */
async function using<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const value = await work(client);
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" ? code : undefined;
}

/** Errors that PostgreSQL itself says have five digits and letters; the rest is said by the way to it. */
function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || /^(08|57P|53[^1]|25006)/.test(code);
}

function clause(error: unknown): string {
  switch (codeOf(error)) {
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EHOSTUNREACH":
    case "ETIMEDOUT":
      return "nothing answers at its address";
    case "28P01":
    case "28000":
      return "it does not let this user in";
    case "3D000":
      return "there is no database of this name";
    case "42501":
      return "this user may not make tables in it";
    case "57P03":
      return "it is just starting or ending";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
