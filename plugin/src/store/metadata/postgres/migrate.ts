import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Pool } from "pg";
import type { Database } from "../schema.ts";
import { databaseOver, withLink } from "./dialect.ts";
import type { Link } from "./link.ts";
import { LOCKS } from "./locks.ts";
import { SEARCH } from "./migrations/0001-search.ts";
import { up as tables } from "./migrations/0001-tables.ts";
import { up as ownId } from "./migrations/0002-own-id.ts";
import { connectionPool } from "./pool.ts";

/**
 * In order of their numbers, forward only: a published migration never changes. Nodes of the release before go on working while the
 * first one of this release migrates, so a migration only adds: tables, indexes, columns that may be null or have a default. What is of
 * no use any more is dropped a release after the last one that used it.
 */
const MIGRATIONS: Record<string, Migration> = {
  "0001-scale-out": {
    async up(db) {
      await tables(db);
      for (const statement of SEARCH) await sql.raw(statement).execute(db);
    },
  },
  "0002-own-id": { up: ownId },
};

/** Table with the names of the migrations that a database has. */
const TABLE = "migrations";

/** A migration of large tables takes as long as it takes, and so do those who wait for it. */
const MIGRATION_SECONDS = 7 * 24 * 60 * 60;

/**
 * Brings the tables up to date, all or nothing; of several nodes one does, and the others wait for it. Fails for a database that a newer
 * release has written: this one would not know what its tables mean.
 */
export async function migrate(pool: Pool, url: string): Promise<void> {
  if (await withLink(pool, (link) => isCurrent(databaseOver(link)))) return;
  const patient = connectionPool({ url, connections: 1, statementSeconds: MIGRATION_SECONDS });
  try {
    await withLink(patient, migrateAlone);
  } finally {
    await patient.end();
  }
}

async function migrateAlone(link: Link): Promise<void> {
  try {
    await link.run(`begin; set local lock_timeout = 0; select pg_advisory_xact_lock(${LOCKS.migrations})`);
    await migrateToLatest(databaseOver(link));
    await link.run("commit");
  } catch (error) {
    await link.run("rollback").catch(() => undefined);
    // What comes after the first failure is about that one.
    throw link.failure ?? error;
  }
}

async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  // Another node may have been faster.
  if (await isCurrent(db)) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
    // The caller has begun one.
    disableTransactions: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** Throws for a database of a newer release. */
async function isCurrent(db: Kysely<Database>): Promise<boolean> {
  const applied = await appliedMigrations(db);
  const newer = applied.filter((name) => !(name in MIGRATIONS));
  if (newer.length === 0) return applied.length === Object.keys(MIGRATIONS).length;
  throw new Error(
    `the database was written by a newer release of the registry (migration ${newer.join(", ")}): ` +
      "start that release, or restore a backup made before it",
  );
}

/** Whether the database has every migration of this release; it may have later ones. */
export async function isMigrated(db: Kysely<Database>): Promise<boolean> {
  const applied = new Set(await appliedMigrations(db));
  return Object.keys(MIGRATIONS).every((name) => applied.has(name));
}

/** None for a database that has no tables yet. */
async function appliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ found: string | null }>`select to_regclass(${TABLE})::text as found`.execute(
    db,
  );
  if (typeof rows[0]?.found !== "string") return [];
  const applied = await db
    .withTables<{ [TABLE]: { name: string } }>()
    .selectFrom(TABLE)
    .select("name")
    .orderBy("name")
    .execute();
  return applied.map(({ name }) => name);
}
