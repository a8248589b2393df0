import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { makeDurableFolder, nodeFileSystem } from "../../blobs/file-system.ts";
import type { DumpedRow, Metadata } from "../../metadata.ts";
import { dumpRows, loadRows, usedTables } from "../dump.ts";
import type { Database } from "../schema.ts";
import { sqlReader, sqlWriter } from "../sql-metadata.ts";
import { connectWriter } from "./connect.ts";
import { connectReader } from "./connect-reader.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { isMigrated, migrate } from "./migrate.ts";
import { sqliteSearch } from "./search.ts";
import { rememberTokens } from "./token-memo.ts";
import { type SearchThread, searchThread } from "./search-thread.ts";

export interface SqliteOptions {
  /** Path of the database; created, with its folder, when missing. */
  file: string;
}

/**
 * Metadata in one SQLite file, durable at commit. Any number of processes of one machine may share it.
 * One connection writes, another reads the last committed state without ever waiting for the first, a third one searches.
 */
export async function openSqlite({ file }: SqliteOptions): Promise<Metadata> {
  try {
    return await openFile(file);
  } catch (error) {
    // SQLite's own messages do not say which file they are about.
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: ${message}`, { cause: error });
  }
}

async function openFile(file: string): Promise<Metadata> {
  await makeDurableFolder(nodeFileSystem, dirname(file));
  const writing = await connectWriter(file);
  try {
    const writer = new Kysely<Database>({ dialect: nodeSqliteDialect(writing, "begin immediate") });
    await migrate(writer);
    return metadataOver({
      file,
      writing,
      writer,
      reading: connectReader(file),
      searching: searchThread(file),
    });
  } catch (error) {
    writing.close();
    throw error;
  }
}

interface Connections {
  file: string;
  writing: DatabaseSync;
  /** Over `writing`. */
  writer: Kysely<Database>;
  reading: DatabaseSync;
  searching: SearchThread;
}

function metadataOver({ file, writing, writer, reading, searching }: Connections): Metadata {
  const reader = new Kysely<Database>({ dialect: nodeSqliteDialect(reading, "begin") });
  const [writerSearch, readerSearch] = [sqliteSearch(writing), sqliteSearch(reading)];
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    // Waits for what runs on either connection, and for what was asked for before.
    await Promise.all([writer, reader].map((db) => db.connection().execute(async () => {})));
    await Promise.all([writer.destroy(), reader.destroy(), searching.close()]);
    reading.close();
    // The last one to close writes the log back into the file, which a read-only connection cannot.
    writing.close();
  }

  const read = sqlReader(reader, readerSearch);
  return {
    ...read,
    token: rememberTokens(reading, read.token),
    search: (query) => searching.search(query),
    // Every transaction is alone here, whatever its scope.
    transaction: (work) => writer.transaction().execute((tx) => work(sqlWriter(tx, writerSearch))),
    dump: () => dumpFile(file),
    load: (rows) =>
      writer.transaction().execute(async (tx) => {
        await loadRows(tx, rows());
        await writerSearch.markStale(tx);
      }),
    used: () => usedTables(reader),
    check: async () => void (await read.registryId()),
    isMigrated: async () => await isMigrated(reader),
    close: () => (closed ??= close()),
  };
}

/** Over a connection of its own: a state that is held for minutes holds up nobody. */
async function* dumpFile(file: string): AsyncIterable<DumpedRow> {
  const reading = connectReader(file);
  try {
    yield* dumpRows(new Kysely<Database>({ dialect: nodeSqliteDialect(reading, "begin") }));
  } finally {
    reading.close();
  }
}
