import { SkillsError } from "@skills-registry/schema";
import type { Pool, QueryResultRow } from "pg";

/** One statement; the rows that it returns. */
export type Ask = <Row extends QueryResultRow>(text: string, values: unknown[]) => Promise<Row[]>;

/** Throws ESTORAGE where the database does not answer: what cannot be counted is refused, not let through. */
export function askThrough(pool: Pool): Ask {
  return async <Row extends QueryResultRow>(text: string, values: unknown[]) => {
    try {
      return (await pool.query<Row>(text, values)).rows;
    } catch (cause) {
      throw new SkillsError("ESTORAGE", "the registry cannot ask its database", { cause });
    }
  };
}
