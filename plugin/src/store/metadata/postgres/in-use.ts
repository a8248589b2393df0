import pg from "pg";
import type { PostgresConfig } from "../../../config.ts";
import { addressOf } from "./address.ts";
import { APPLICATION } from "./pool.ts";

/** Whether a node or a command has connections to the database. Sees those of its own user, or of all where it may. */
export async function isPostgresInUse(config: PostgresConfig): Promise<boolean> {
  const { url } = await addressOf(config.url);
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch {
    // Opening the stores says what is wrong, and how to mend it.
    return false;
  }
  try {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name like $1 limit 1`,
      [`${APPLICATION}%`],
    );
    return rows.length > 0;
  } finally {
    await client.end();
  }
}
