import { type Kysely, sql } from "kysely";

const TABLES = [
  `create table mirrors (
    namespace text not null primary key,
    url text not null,
    etag text,
    contact_at text,
    behind integer not null,
    failed_at text,
    failure text
  ) strict, without rowid`,
  `create table mirror_keys (
    url text not null,
    keyid text not null,
    public_key text not null,
    primary key (url, keyid)
  ) strict, without rowid`,
  `create table mirrored_skills (
    name text not null primary key,
    namespace text not null,
    rev text not null
  ) strict, without rowid`,
  `create index mirrored_skills_namespace on mirrored_skills (namespace)`,
  `create table mirror_refusals (
    name text not null,
    version text not null,
    integrity text not null,
    reason text not null,
    at text not null,
    primary key (name, version)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(db);
}
