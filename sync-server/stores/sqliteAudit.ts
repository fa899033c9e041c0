/** The audit logs in the SQLite file: each record is chained to the last within the transaction that writes it. */
import type Database from "better-sqlite3";
import {
  type AuditEnd,
  type AuditFact,
  type AuditRecord,
  auditStart,
  chainAudit,
  parseAuditRecord,
} from "../../lib/governance/audit.ts";

export const AUDIT_SCHEMA = `
  CREATE TABLE IF NOT EXISTS audit (workspace TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (workspace, seq)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS audit_by_id ON audit (workspace, id);
`;

export interface SqliteAudit {
  /** To be called within a transaction. A fact whose id the log knows already is left out. */
  append(workspace: string, facts: readonly AuditFact[], at: number): void;
  /** At most `limit` records after the one numbered `after`. */
  read(workspace: string, after: number, limit: number): AuditRecord[];
}

/** The table has to be there. */
export function openSqliteAudit(db: Database.Database): SqliteAudit {
  const selectEnd = db.prepare<[string], AuditEnd>(
    "SELECT seq, hash FROM audit WHERE workspace = ? ORDER BY seq DESC LIMIT 1",
  );
  const selectId = db
    .prepare<[string, string], number>("SELECT 1 FROM audit WHERE workspace = ? AND id = ?")
    .pluck();
  const insert = db.prepare(
    "INSERT INTO audit (workspace, seq, id, hash, body) VALUES (?, ?, ?, ?, ?)",
  );
  const selectRecords = db
    .prepare<[string, number, number], string>(
      "SELECT body FROM audit WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?",
    )
    .pluck();
  return {
    append(workspace, facts, at) {
      const fresh = new Map(facts.map((fact) => [fact.id, fact]));
      const news = [...fresh.values()].filter(
        ({ id }) => selectId.get(workspace, id) === undefined,
      );
      const end = selectEnd.get(workspace) ?? auditStart(workspace);
      for (const record of chainAudit(workspace, end, news, at))
        insert.run(workspace, record.seq, record.id, record.hash, JSON.stringify(record));
    },
    read: (workspace, after, limit) =>
      selectRecords
        .all(workspace, after, limit)
        .map((body) => parseAuditRecord(JSON.parse(body)))
        .filter((record) => record !== undefined),
  };
}
