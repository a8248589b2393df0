import pg from "pg";
import { describe, expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { makeEmptyDatabase, postgresSettings } from "../support/postgres-databases.ts";
import { addPackage, sampleEntry } from "./samples.ts";

const TABLES = `select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'S') order by relname`;

describe("migrations of PostgreSQL", () => {
  test("are made once by eight nodes that start together, and opening again changes nothing", async () => {
    await using database = await makeEmptyDatabase();
    const nodes = await Promise.all(Array.from({ length: 8 }, async () => await open(database.url)));
    expect(new Set(await Promise.all(nodes.map(async (node) => await node.registryId()))).size).toBe(1);
    expect(await column(database.url, "select name from migrations")).toEqual([
      "0001-scale-out",
      "0002-own-id",
    ]);
    await addPackage(nodes[0] ?? (await open(database.url)));
    await Promise.all(nodes.map(async (node) => await node.close()));
    const tables = await column(database.url, TABLES);

    const again = await open(database.url);
    expect(await again.isMigrated()).toBe(true);
    expect(await again.package("@acme/legal-documents")).toMatchObject({ rev: 0 });
    await again.close();
    expect(await column(database.url, TABLES)).toEqual(tables);
  });

  test("of a newer release are refused, and said to be so", async () => {
    await using database = await makeEmptyDatabase();
    const node = await open(database.url);
    await column(database.url, "insert into migrations values ('0099-future', '2030-01-01') returning name");
    await expect(open(database.url)).rejects.toThrow(
      /^database 127\.0\.0\.1:\d+\/test_\w+: the database was written by a newer release of the registry \(migration 0099-future\): start that release, or restore a backup made before it$/,
    );
    // A node that runs goes on: migrations only add.
    expect(await node.isMigrated()).toBe(true);
    await addPackage(node);
    await node.close();
  });

  test("that fail change nothing", async () => {
    await using database = await makeEmptyDatabase();
    await column(database.url, "create table sweeps (mine text)");
    await expect(open(database.url)).rejects.toThrow(/sweeps.*already exists/);
    expect(await column(database.url, TABLES)).toEqual(["sweeps"]);
  });

  test("that were taken back by an older backup are noticed", async () => {
    await using database = await makeEmptyDatabase();
    const node = await open(database.url);
    await column(database.url, "delete from migrations returning name");
    expect(await node.isMigrated()).toBe(false);
    await node.close();
  });
});

describe("rows of PostgreSQL", () => {
  test("of the audit log are neither changed nor deleted", async () => {
    await using database = await makeEmptyDatabase();
    const node = await open(database.url);
    await node.transaction(async (tx) => await tx.appendAudit(sampleEntry()));
    for (const statement of ["update audit set account = 'x'", "delete from audit", "truncate audit"]) {
      await expect(column(database.url, statement)).rejects.toThrow("append-only");
    }
    expect(await node.auditAfter(0, 10)).toHaveLength(1);
    await node.close();
  });
});

async function open(url: string): Promise<Metadata> {
  return (await openPostgres(postgresSettings(url, { connections: 2 }))).metadata;
}

/** First column of all rows. */
async function column(url: string, query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: "array" });
    return rows.map(([first]) => first);
  } finally {
    await client.end();
  }
}
