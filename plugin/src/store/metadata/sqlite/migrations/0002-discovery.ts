import { type Kysely, sql } from "kysely";
import { SEARCH } from "./0002-search.ts";

const SIGNALS = [
  `alter table versions add column has_scripts integer not null default 0`,
  // Counting reads it instead of the versions themselves, whose rows are as long as their manifests. The last column is
  // always null: with it, SQLite knows that the index has all that is asked for.
  `create index versions_live on versions (package_id, size, unpublished_at) where unpublished_at is null`,
  `create index packages_namespace on packages (namespace)`,

  `create table downloads (
    package_id integer not null references packages (id) on delete cascade,
    day text not null,
    version text not null,
    count integer not null,
    primary key (package_id, day, version)
  ) strict, without rowid`,
  `create table downloads_by_day (
    day text not null primary key,
    count integer not null
  ) strict, without rowid`,
  `create table installs (
    package_id integer not null references packages (id) on delete cascade,
    day text not null,
    version text not null,
    count integer not null,
    primary key (package_id, day, version)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...SIGNALS, ...SEARCH]) await sql.raw(statement).execute(db);
}
