import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { Pool } from "pg";
import type { Database } from "../schema.ts";
import { Link } from "./link.ts";
import { patiently } from "./patience.ts";

/** Over one connection that the caller has, in whatever transaction that is in. */
export function databaseOver(link: Link): Kysely<Database> {
  return new Kysely<Database>({ dialect: dialectOver(link) });
}

/** Reads, each over any connection of the pool, and over another one when that was lost. */
export function readsOver(pool: Pool): Kysely<Database> {
  return readsBy(async (query) => await patiently(async () => await ask(pool, query)));
}

/** The same, where another server can be asked when this one is lost. */
export function readsOnce(pool: Pool): Kysely<Database> {
  return readsBy(async (query) => await ask(pool, query));
}

function readsBy(executeQuery: DatabaseConnection["executeQuery"]): Kysely<Database> {
  const connection: DatabaseConnection = {
    executeQuery,
    async *streamQuery(query) {
      yield await connection.executeQuery(query);
    },
  };
  return new Kysely<Database>({ dialect: dialectOver(connection) });
}

async function ask<R>(pool: Pool, query: CompiledQuery): Promise<QueryResult<R>> {
  return await withLink(pool, async (link) => await link.executeQuery<R>(query));
}

/** Gives the work a connection of its own. */
export async function withLink<T>(pool: Pool, work: (link: Link) => Promise<T>): Promise<T> {
  const link = await Link.take(pool);
  try {
    return await work(link);
  } finally {
    link.release();
  }
}

function dialectOver(connection: DatabaseConnection): Dialect {
  return {
    createDriver: () => new FixedDriver(connection),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  };
}

/** The transactions of the port are begun and ended elsewhere: Kysely's know nothing of scopes, and would not notice a lost commit. */
class FixedDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(_: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const level = settings.isolationLevel === undefined ? "" : ` isolation level ${settings.isolationLevel}`;
    await this.#run(`begin${level} ${settings.accessMode ?? ""}`);
  }

  async commitTransaction(): Promise<void> {
    await this.#run("commit");
  }

  async rollbackTransaction(): Promise<void> {
    await this.#run("rollback");
  }

  async destroy(): Promise<void> {}

  async #run(statement: string): Promise<void> {
    if (!(this.#connection instanceof Link)) throw new Error("a transaction needs a connection of its own");
    await this.#connection.run(statement);
  }
}
