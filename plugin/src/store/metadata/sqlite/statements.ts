import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** Values by the names they have in the SQL text, without the `$`. What a text does not name is ignored. */
export type Values = Record<string, SQLInputValue>;

/** Synchronous statements on one connection, each prepared once. */
export interface Statements {
  all<Row>(sql: string, values?: Values): Row[];
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as for `all`, the row is what the SQL says
  get<Row>(sql: string, values?: Values): Row | undefined;
  run(sql: string, values?: Values): void;
}

/** The texts come from a small, fixed set: values are always bound. */
export function statementsOf(database: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statement.setAllowUnknownNamedParameters(true);
    prepared.set(sql, statement);
    return statement;
  }

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whoever writes the SQL knows its rows
    all: <Row>(sql: string, values: Values = {}) => prepare(sql).all(values) as Row[],
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters -- as above
    get: <Row>(sql: string, values: Values = {}) => prepare(sql).get(values) as Row | undefined,
    run: (sql, values = {}) => void prepare(sql).run(values),
  };
}
