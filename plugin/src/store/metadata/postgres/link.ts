import { createHash } from "node:crypto";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type { Pool, PoolClient, QueryResultRow } from "pg";
import { isAftermath, isConnectionLoss } from "./failures.ts";
import { connect } from "./pool.ts";
import { toPostgres } from "./texts.ts";

/**
 * Statements that the server keeps parsed, on each connection. The adapter's texts are constant, values are always bound; what is
 * made of lists of any length must not fill the server's memory.
 */
const NAMED_MAX = 500;

/** Names of statements, by their text. */
const names = new Map<string, string>();

/** One connection while somebody has it. Queries are sent at once and answered in order: there is no need to wait for one to ask the next. */
export class Link implements DatabaseConnection {
  readonly #client: PoolClient;
  #failure: unknown;
  #isOver = false;

  private constructor(client: PoolClient) {
    this.#client = client;
  }

  static async take(pool: Pool): Promise<Link> {
    return new Link(await connect(pool));
  }

  /** What failed first, so that what fails because of it is not taken for the reason. */
  get failure(): unknown {
    return this.#failure;
  }

  get isLost(): boolean {
    return this.#failure !== undefined && isConnectionLoss(this.#failure);
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isOver) throw new Error("a query came after the end of its transaction");
    const answer = await this.#noting(
      this.#client.query<QueryResultRow>({
        name: nameOf(sql),
        text: sql,
        values: parameters.map(toPostgres),
      }),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely knows the row's type from the query it built
    return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.rowCount ?? 0) };
  }

  /** Statements without values, in one message; what the last one answers. */
  async run(sql: string): Promise<{ command: string; rows: QueryResultRow[] }> {
    const answer: unknown = await this.#noting(this.#client.query(sql));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pg answers a list where there are several statements
    const answers = [answer].flat() as { command: string; rows: QueryResultRow[] }[];
    return answers.at(-1) ?? { command: "", rows: [] };
  }

  /** `commit` or `rollback`, and nothing after it: what somebody forgot to wait for would be written outside of the transaction. */
  async finish(sql: "commit" | "rollback"): Promise<{ command: string }> {
    this.#isOver = true;
    return await this.run(sql);
  }

  /** One chunk: what could be long is read page by page. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }

  /** Back to the pool, or, where it is lost or in a state that nobody knows, to nobody. */
  release({ discard = false } = {}): void {
    this.#isOver = true;
    this.#client.release(discard || this.isLost);
  }

  async #noting<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (this.#failure === undefined || isAftermath(this.#failure)) this.#failure = error;
      throw error;
    }
  }
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= NAMED_MAX) return undefined;
  const name = createHash("sha256").update(sql).digest("base64url");
  names.set(sql, name);
  return name;
}
