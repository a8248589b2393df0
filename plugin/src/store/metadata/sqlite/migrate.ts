import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database } from "../schema.ts";
import { up as foundation } from "./migrations/0001-foundation.ts";
import { up as discovery } from "./migrations/0002-discovery.ts";
import { up as identity } from "./migrations/0003-identity.ts";
import { up as scaleOut } from "./migrations/0004-scale-out.ts";
import { up as mirror } from "./migrations/0005-mirror.ts";
import { up as ownId } from "./migrations/0006-own-id.ts";

/** In order of their numbers, forward only: a published migration never changes. */
const MIGRATIONS: Record<string, Migration> = {
  "0001-foundation": { up: foundation },
  "0002-discovery": { up: discovery },
  "0003-identity": { up: identity },
  "0004-scale-out": { up: scaleOut },
  "0005-mirror": { up: mirror },
  "0006-own-id": { up: ownId },
};

/** Table with the names of the migrations that a database has. */
const TABLE = "migrations";

/**
 * Brings the tables up to date, all or nothing. Fails for a database that a newer release has written:
 * this one would not know what its tables mean.
 */
export async function migrate(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: async () => MIGRATIONS },
      migrationTableName: TABLE,
      migrationLockTableName: `${TABLE}_lock`,
    });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    const newer = await unknownMigrations(tx);
    if (newer.length === 0) throw error;
    throw new Error(
      `the database was written by a newer release of the registry (migration ${newer.join(", ")}): ` +
        "start that release, or restore a backup made before it",
      { cause: error },
    );
  });
}

/** Whether the database has every migration of this release; it may have later ones. */
export async function isMigrated(db: Kysely<Database>): Promise<boolean> {
  const applied = new Set(await appliedMigrations(db));
  return Object.keys(MIGRATIONS).every((name) => applied.has(name));
}

async function unknownMigrations(tx: Kysely<Database>): Promise<string[]> {
  return (await appliedMigrations(tx)).filter((name) => !(name in MIGRATIONS));
}

async function appliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const applied = await db
    .withTables<{ [TABLE]: { name: string } }>()
    .selectFrom(TABLE)
    .select("name")
    .orderBy("name")
    .execute();
  return applied.map((row) => row.name);
}
