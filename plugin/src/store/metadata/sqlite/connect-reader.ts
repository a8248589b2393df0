import { DatabaseSync } from "node:sqlite";

/** Milliseconds that a reader may stand still while another process recovers the log after a crash. */
const READER_PATIENCE_MS = 5_000;

/** Pages of a reader that are kept, in KiB: the heads of 100,000 skills. SQLite's own 2 MB would read them again and again. */
const CACHE_KIB = 64 * 1024;

/** A connection that cannot write, and in WAL mode never waits for the one that does. The file must be there. */
export function connectReader(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: READER_PATIENCE_MS, readOnly: true });
  connection.exec(`pragma trusted_schema = off; pragma cache_size = -${CACHE_KIB}`);
  return connection;
}
