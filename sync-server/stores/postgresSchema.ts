/** The tables in PostgreSQL, in a schema of their own, and how an older database becomes one of this version. */
import type { ClientBase } from "pg";

const VERSION = 1;

/** Any number that nobody else uses: nodes that start at once make the tables one after another. */
const LOCK = 4_321_001;

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS ensemble;
  CREATE TABLE ensemble.about (version int NOT NULL);
  INSERT INTO ensemble.about VALUES (${VERSION});
  CREATE TABLE ensemble.rooms (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE,
    seq int NOT NULL DEFAULT 0, deleted boolean NOT NULL DEFAULT false);
  CREATE TABLE ensemble.updates (room int NOT NULL, seq int NOT NULL, data bytea NOT NULL, PRIMARY KEY (room, seq));
  CREATE TABLE ensemble.snapshots (room int PRIMARY KEY, upto int NOT NULL, data bytea NOT NULL);
  CREATE TABLE ensemble.workspaces (name text COLLATE "C" PRIMARY KEY, entries int NOT NULL DEFAULT 0);
  CREATE TABLE ensemble.entries (workspace text NOT NULL, seq int NOT NULL, body text NOT NULL,
    PRIMARY KEY (workspace, seq));
  CREATE TABLE ensemble.audit (workspace text NOT NULL, seq int NOT NULL, id text NOT NULL, hash text NOT NULL,
    body text NOT NULL, PRIMARY KEY (workspace, seq), UNIQUE (workspace, id));
  CREATE TABLE ensemble.secrets (name text PRIMARY KEY, value bytea NOT NULL);
`;

/** Makes the tables where they are missing. Throws a clause where this version cannot work with what is there. */
export async function preparePostgres(client: ClientBase): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const { rows } = await client.query<{ made: boolean; fsync: string }>(
      "SELECT to_regclass('ensemble.about') IS NOT NULL AS made, current_setting('fsync') AS fsync",
    );
    if (rows[0]?.fsync === "off")
      throw new Error("it runs with fsync off, so that nothing it keeps would survive a power cut");
    if (rows[0]?.made !== true) await client.query(SCHEMA);
    const about = await client.query<{ version: number }>("SELECT version FROM ensemble.about");
    if ((about.rows[0]?.version ?? 0) > VERSION)
      throw new Error("a newer Ensemble made its tables; start that one");
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
