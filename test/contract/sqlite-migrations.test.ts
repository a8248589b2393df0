import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { describe, expect, test } from "vitest";
import { auditHash, FIRST_HASH } from "../../plugin/src/store/audit-hash.ts";
import { nodeSqliteDialect } from "../../plugin/src/store/metadata/sqlite/dialect.ts";
import { up as foundation } from "../../plugin/src/store/metadata/sqlite/migrations/0001-foundation.ts";
import { up as discovery } from "../../plugin/src/store/metadata/sqlite/migrations/0002-discovery.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import {
  addPackage,
  sampleAccount,
  sampleEntry,
  sampleNamespace,
  sampleQuery,
  sampleToken,
} from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const NAME = "@acme/legal-documents";

/** Migrations that a database of today has. */
const MIGRATIONS = [
  "0001-foundation",
  "0002-discovery",
  "0003-identity",
  "0004-scale-out",
  "0005-mirror",
  "0006-own-id",
];

describe("migrations", () => {
  test("are recorded by name, and opening again changes nothing", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await addAndClose(file);
    const tables = column(file, "select sql from sqlite_schema where sql is not null order by name");
    expect(column(file, "select name from migrations")).toEqual(MIGRATIONS);

    const again = await openSqlite({ file });
    expect(await again.package(NAME)).toMatchObject({ rev: 0 });
    await again.close();
    expect(column(file, "select sql from sqlite_schema where sql is not null order by name")).toEqual(tables);
    expect(column(file, "select name from migrations")).toEqual(MIGRATIONS);
  });

  test("a database of the first release is taken over, and its search documents are to be rebuilt", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    using database = new DatabaseSync(file);
    await migrateWith(database, { "0001-foundation": { up: foundation } });
    database.exec(`insert into packages (name, namespace, rev, created_at, modified_at)
      values ('${NAME}', 'acme', 1, '2026-03-01', '2026-03-01')`);
    const metadata = await openSqlite({ file });
    expect(await metadata.package(NAME)).toMatchObject({ rev: 1 });
    expect(await metadata.searchIsStale()).toBe(true);
    expect((await metadata.search(sampleQuery("legal"))).total).toBe(0);
    await metadata.transaction((tx) => tx.markSearchCurrent());
    expect(await metadata.searchIsStale()).toBe(false);
    await metadata.close();
  });

  test("a database without identities is taken over: its people own their names, and their tokens work", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await writeRelease2(file);
    const metadata = await openSqlite({ file });
    const account = { ...sampleAccount("acme"), id: 7 };
    expect(await metadata.account("acme")).toEqual(account);
    const before = { packages: [], lastUsedAt: null, trustId: null, provenance: null, expiresAt: null };
    const kinds = { "web session": "session", login: "login", ci: "token" } as const;
    for (const [name, kind] of Object.entries(kinds)) {
      const token = sampleToken(7, { ...before, id: name, hash: name, name, kind });
      expect(await metadata.token(name)).toEqual({ token, account });
    }
    for (const name of ["acme", "zo-e"]) {
      const namespace = sampleNamespace(name, { kind: "personal" });
      expect(await metadata.namespace(name)).toEqual(namespace);
      expect(await metadata.members(name)).toEqual([{ account: name, role: "owner" }]);
    }
    expect(await metadata.namespacesBySkeleton({ min: 3, max: 3 })).toEqual([
      { name: "zo-e", skeleton: "zoe", packages: 0 },
    ]);
    expect(await metadata.package(NAME)).toMatchObject({ visibility: "public" });
    const untouched = { provenance: null, publishedAs: null, quarantine: null };
    expect(await metadata.versions(1)).toMatchObject([untouched]);
    expect(await metadata.counts("public")).toMatchObject({ versions: 1, downloads: 5 });
    await metadata.close();
    expect(column(file, "pragma foreign_key_check")).toEqual([]);
    expect(column(file, "pragma integrity_check")).toEqual(["ok"]);
  });

  test("its audit log is chained from the first entry on, and each is with its namespace", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await writeRelease2(file);
    const metadata = await openSqlite({ file });
    await metadata.transaction((tx) => tx.appendAudit(sampleEntry({ subject: "@acme/new" })));
    const records = await metadata.auditAfter(0, 10);
    expect(records.map(({ id, namespace }) => [id, namespace])).toEqual([
      [1, null],
      [2, "acme"],
      [3, "acme"],
    ]);
    expect(records[1]).toMatchObject({ account: "acme", detail: { version: "1.0.0" } });
    let hash = FIRST_HASH;
    for (const record of records) {
      hash = auditHash(hash, { ...record, detail: JSON.stringify(record.detail) });
      expect(record.hash).toBe(hash);
    }
    await metadata.close();
  });

  test("a migration that fails leaves the database of the older release as it was", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await writeRelease2(file);
    execute(file, "create table reserved_names (mine text)");
    const tables = column(file, "select sql from sqlite_schema where sql is not null order by name");
    await expect(openSqlite({ file })).rejects.toThrow(/reserved_names already exists/);
    expect(column(file, "select sql from sqlite_schema where sql is not null order by name")).toEqual(tables);
    expect(column(file, "select hash from tokens order by hash")).toEqual(["ci", "login", "web session"]);
  });

  test("several handles may open a new file at once", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    const handles = await Promise.all(Array.from({ length: 8 }, () => openSqlite({ file })));
    expect(column(file, "select name from migrations")).toEqual(MIGRATIONS);
    await Promise.all(handles.map((handle) => handle.close()));
  });

  test("a database of a newer release is refused and left as it is", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await addAndClose(file);
    execute(
      file,
      "insert into migrations (name, timestamp) values ('9999-future', '2030-01-01T00:00:00.000Z')",
    );
    await expect(openSqlite({ file })).rejects.toThrow(
      /newer release of the registry \(migration 9999-future\)/,
    );
    expect(column(file, "select name from packages")).toEqual([NAME]);
  });

  test("a database of something else is refused and left as it is", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    execute(file, "create table packages (mine text)");
    await expect(openSqlite({ file })).rejects.toThrow(/already exists/);
    expect(column(file, "select name from sqlite_schema")).toEqual(["packages"]);
  });

  test("a file that is no database is refused", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await writeFile(file, "not a database, but long enough to look like one ".repeat(40));
    await expect(openSqlite({ file })).rejects.toThrow(/not a database/);
  });
});

async function migrateWith(database: DatabaseSync, migrations: Record<string, Migration>): Promise<void> {
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(database, "begin") });
  const provider = { getMigrations: async () => migrations };
  const names = { migrationTableName: "migrations", migrationLockTableName: "migrations_lock" };
  await new Migrator({ db, provider, ...names }).migrateToLatest();
}

/** Two accounts, one with three tokens and a skill, and an audit log of two entries. */
async function writeRelease2(file: string): Promise<void> {
  using database = new DatabaseSync(file);
  await migrateWith(database, { "0001-foundation": { up: foundation }, "0002-discovery": { up: discovery } });
  database.exec(`
    insert into accounts (id, name, email, password_hash, created_at) values
      (7, 'acme', 'acme@example.com', 'scrypt$x', '2026-03-01T10:00:00.000Z'),
      (8, 'zo-e', null, 'scrypt$y', '2026-03-01T10:00:00.000Z');
    insert into tokens (id, account_id, hash, hint, name, readonly, cidr, created_at, expires_at)
      select value, 7, value, 'sk_abc', value, 1, '["10.0.0.0/8","::1/128"]', '2026-03-01T10:00:00.000Z', null
      from json_each('["web session", "login", "ci"]');
    insert into packages (id, name, namespace, rev, created_at, modified_at)
      values (1, '${NAME}', 'acme', 1, '2026-03-01', '2026-03-01');
    insert into versions (package_id, version, published_at, publisher, integrity, shasum, size, unpacked_size,
        file_count, keyid, sig, warnings, manifest, readme)
      values (1, '1.0.0', '2026-03-01', 'acme', 'sha512-x', 'x', 1, 1, 1, 'k', 's', '[]', '{}', '');
    insert into stars (package_id, account_id) values (1, 8);
    insert into downloads_by_day (day, count) values ('2026-03-01', 5);
    insert into audit (id, at, account, action, subject, detail, address) values
      (1, '2026-03-01', null, 'login', 'acme', '{}', '::1'),
      (2, '2026-03-01', 'acme', 'publish', '${NAME}', '{"version":"1.0.0"}', '::1');
  `);
}

async function addAndClose(file: string): Promise<void> {
  const metadata = await openSqlite({ file });
  await addPackage(metadata);
  await metadata.close();
}

/** First column of all rows. */
function column(file: string, query: string): unknown[] {
  using database = new DatabaseSync(file);
  return database
    .prepare(query)
    .all()
    .map((row) => Object.values(row)[0]);
}

function execute(file: string, statement: string): void {
  using database = new DatabaseSync(file);
  database.exec(statement);
}
