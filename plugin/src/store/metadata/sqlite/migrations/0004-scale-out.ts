import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";

const TABLES = [
  `create table registry (
    id text not null primary key,
    created_at text not null
  ) strict, without rowid`,
  `create table sweeps (
    integrity text not null primary key,
    begun_at text not null,
    ended_at text
  ) strict, without rowid`,
  // Whether a blob is still needed is asked for each that is swept.
  `create index versions_integrity on versions (integrity)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(db);
  await sql`insert into registry (id, created_at) values (${randomUUID()}, ${new Date().toISOString()})`.execute(
    db,
  );
}
