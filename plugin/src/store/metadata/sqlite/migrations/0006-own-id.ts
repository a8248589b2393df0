import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";

/** The id of this database, of which no backup has a copy. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table own_id (id text not null primary key) strict, without rowid`.execute(db);
  await sql`insert into own_id (id) values (${randomUUID()})`.execute(db);
}
