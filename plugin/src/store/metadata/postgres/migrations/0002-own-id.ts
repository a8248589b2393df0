import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";

/** The id of this database, of which nothing else has a copy. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table own_id (id text collate "C" primary key)`.execute(db);
  await sql`insert into own_id (id) values (${randomUUID()})`.execute(db);
}
