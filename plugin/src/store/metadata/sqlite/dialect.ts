import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { whenFree } from "./busy.ts";

/** How transactions begin: those that write take the lock at once, so that they cannot fail half-way for want of it. */
export type Begin = "begin" | "begin immediate";

/**
 * Kysely over one node:sqlite connection. Kysely itself hands the connection to one caller at a time,
 * so transactions of one `Kysely` are serialised.
 */
export function nodeSqliteDialect(database: DatabaseSync, begin: Begin): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(database, begin),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  };
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #begin: Begin;
  readonly #connection: NodeSqliteConnection;

  constructor(database: DatabaseSync, begin: Begin) {
    this.#database = database;
    this.#begin = begin;
    this.#connection = new NodeSqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    await whenFree(() => this.#connection.run(this.#begin));
  }

  async commitTransaction(): Promise<void> {
    this.#connection.run("commit");
  }

  async rollbackTransaction(): Promise<void> {
    // After a full disk or an I/O error SQLite has rolled back by itself, and a second time would hide that error.
    if (this.#database.isTransaction) this.#connection.run("rollback");
  }

  async releaseConnection(): Promise<void> {}

  /** Whoever opened the connection closes it: Kysely does not call this for a connection that was never used. */
  async destroy(): Promise<void> {}
}

interface Prepared {
  statement: StatementSync;
  returnsRows: boolean;
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  /** By SQL text. The adapter's texts are constant, values are always bound: their number is small and fixed. */
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run(sql: string): void {
    this.#prepare(sql).statement.run();
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, returnsRows } = this.#prepare(sql);
    const values = parameters.map(toSqlite);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely knows the row's type from the query it built
    if (returnsRows) return { rows: statement.all(...values) as R[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
  }

  /** One chunk: what could be long is read page by page. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function toSqlite(value: unknown): SQLInputValue {
  // SQLite has no booleans.
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" || typeof value === "number" || value === null) return value;
  throw new TypeError(`SQLite cannot store a value of type ${typeof value}`);
}
