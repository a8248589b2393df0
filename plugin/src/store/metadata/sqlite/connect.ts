import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { whenFree } from "./busy.ts";

/** The file holds password hashes and private keys. SQLite gives its log the same mode. */
const FILE_MODE = 0o600;

/** Milliseconds that a writer may stand still; beyond that it waits without stopping the event loop. */
const WRITER_PATIENCE_MS = 5;

/** The connection that writes. Creates the file when it is missing. */
export async function connectWriter(file: string): Promise<DatabaseSync> {
  const connection = new DatabaseSync(file, { timeout: WRITER_PATIENCE_MS });
  try {
    // By name: closing a descriptor of the file would drop the locks of every connection that this process has to it.
    chmodSync(file, FILE_MODE);
    // The first process on a new file turns WAL on, and others may meet it doing so.
    await whenFree(() =>
      connection.exec(`
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma foreign_keys = on;
        pragma trusted_schema = off;
      `),
    );
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
