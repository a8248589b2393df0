import { SkillsError } from "@skills-registry/schema";
import { type Kysely, sql } from "kysely";
import type { DumpedRow } from "../metadata.ts";
import { DUMPED_TABLES, type TableShape } from "./dump-tables.ts";
import type { Database } from "./schema.ts";

/** The whole of a database out of it and into another one, in terms that every SQL adapter has. */

type Db = Kysely<Database>;

/** Rows read at a time. Rows of `versions` hold manifest and readme, some MB at worst. */
const PAGE_ROWS = 500;
const LARGE_PAGE_ROWS = 25;
const LARGE_TABLES = new Set(["versions"]);

/** Rows of one statement. PostgreSQL takes 65,535 values, SQLite 32,766; `versions` has 23 columns. */
const INSERTED_ROWS = 25;

/** Every row, of one state of the database, table by table in the order in which `loadRows` takes them. */
export async function* dumpRows(db: Db): AsyncIterable<DumpedRow> {
  const tx = await db
    .startTransaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute();
  try {
    for (const table of DUMPED_TABLES) yield* dumpTable(tx, table);
  } finally {
    await tx.rollback().execute();
  }
}

async function* dumpTable(db: Db, table: TableShape): AsyncIterable<DumpedRow> {
  const limit = LARGE_TABLES.has(table.name) ? LARGE_PAGE_ROWS : PAGE_ROWS;
  let after: unknown[] | undefined;
  for (;;) {
    const rows = await readPage(db, table, { after, limit });
    for (const row of rows) yield { table: table.name, row };
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = table.key.map((column) => last[column]);
  }
}

async function readPage(
  db: Db,
  table: TableShape,
  { after, limit }: { after: unknown[] | undefined; limit: number },
): Promise<DumpedRow["row"][]> {
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  const beyond = after === undefined ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
  const { rows } = await sql<Record<string, unknown>>`
    select ${columnsOf(table)} from ${sql.table(table.name)} ${beyond} order by ${key} limit ${limit}`.execute(
    db,
  );
  return rows.map((row) => table.parse(row));
}

function columnsOf({ columns }: TableShape) {
  return sql.join(columns.map((column) => sql.ref(column)));
}

/** Names of the tables that hold something of a registry; empty for a database that was made and never used. */
export async function usedTables(db: Db): Promise<string[]> {
  const used: string[] = [];
  for (const { name } of DUMPED_TABLES) {
    // Its one row is made with the database.
    if (name === "registry") continue;
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0) used.push(name);
  }
  return used;
}

/**
 * Writes the rows of a dump into an unused database, which takes on the identity of the registry that they are of. Throws EBADREQUEST for a
 * database that holds anything.
 */
export async function loadRows(tx: Db, rows: AsyncIterable<DumpedRow>): Promise<void> {
  const [used] = await usedTables(tx);
  if (used !== undefined) {
    throw new SkillsError("EBADREQUEST", `the database is not empty: it has ${used.replaceAll("_", " ")}`, {
      hint: "Name a database, or a folder, that no registry has used.",
    });
  }
  await sql`delete from registry`.execute(tx);
  const tables = new Map<string, TableShape>(DUMPED_TABLES.map((table) => [table.name, table]));
  let batch: { table: TableShape; rows: DumpedRow["row"][] } | undefined;
  for await (const { table: name, row } of rows) {
    const table = tables.get(name);
    if (table === undefined) throw new TypeError(`no table is called ${name}`);
    if (batch !== undefined && (batch.table !== table || batch.rows.length === INSERTED_ROWS)) {
      await insert(tx, batch);
      batch = undefined;
    }
    batch ??= { table, rows: [] };
    batch.rows.push(row);
  }
  if (batch !== undefined) await insert(tx, batch);
}

/** Two texts of SQL for each table, so that they can be kept prepared: one for a full batch, one for a row of what is left. */
async function insert(
  tx: Db,
  { table, rows }: { table: TableShape; rows: DumpedRow["row"][] },
): Promise<void> {
  const parts = rows.length === INSERTED_ROWS ? [rows] : rows.map((row) => [row]);
  for (const part of parts) {
    const values = part.map((row) => sql`(${sql.join(table.columns.map((column) => row[column]))})`);
    await sql`insert into ${sql.table(table.name)} (${columnsOf(table)}) values ${sql.join(values)}`.execute(
      tx,
    );
  }
}
