import { type Kysely, sql } from "kysely";
import type { DumpedRow } from "../../metadata.ts";
import { dumpRows, loadRows } from "../dump.ts";
import type { Database } from "../schema.ts";
import type { SearchIndex } from "../sql-metadata.ts";
import { databaseOver } from "./dialect.ts";
import { Link } from "./link.ts";
import { connectionPool, type PoolOptions } from "./pool.ts";

/** Tables that number their rows themselves. */
const NUMBERED = ["accounts", "packages", "versions", "teams", "signing_keys"];

/**
 * Over a connection beside those of the pool, which waits for whoever writes the rows down: a transaction may hold all the others until
 * that is done.
 */
export async function* dumpFrom(options: PoolOptions): AsyncIterable<DumpedRow> {
  const pool = connectionPool({ ...options, connections: 1 });
  try {
    const link = await Link.take(pool);
    try {
      await link.run("set idle_in_transaction_session_timeout = 0");
      yield* dumpRows(databaseOver(link));
    } finally {
      link.release();
    }
  } finally {
    await pool.end();
  }
}

/** Rows keep their numbers; the next ones follow them. */
export async function loadInto(
  tx: Kysely<Database>,
  index: SearchIndex,
  rows: AsyncIterable<DumpedRow>,
): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
  await loadRows(tx, rows);
  for (const table of NUMBERED) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), coalesce(max(id), 0) + 1, false)
      from ${sql.table(table)}`.execute(tx);
  }
  await index.markStale(tx);
}
