import type { Term } from "./search-expand.ts";
import { COUNTED_MAX, HEAD_SHARE, rarityOf, WEIGHED_MAX } from "../search-ranking.ts";
import { IS_READABLE, type Visibility } from "./search-scope.ts";
import type { Statements, Values } from "./statements.ts";

/**
 * How well words fit, for callers from whom some skill is hidden. bm25 weighs a word by how many of all skills have it: from the
 * order and the scores of two skills of one's own it could be read whether a hidden one has the word. Here only what the caller may
 * find counts.
 */

/** How much more a word counts in these places of the head than elsewhere in it. */
const HEAD_PLACES = [
  ["name", 9],
  ["keywords", 4],
] as const;

const LEAST_FIT = 0.001;

/** SQL with its values, for a row `f` of a full-text table. */
export interface Fit {
  sql: string;
  values: Values;
}

/** For heads that have all the words. Undefined where nothing is hidden, and bm25 tells nobody anything. */
export function headFit(terms: Term[], { everything }: Visibility): Fit | undefined {
  if (everything) return undefined;
  const values: Values = {};
  const parts = terms.slice(0, WEIGHED_MAX).flatMap(({ all }, at) =>
    HEAD_PLACES.map(([place, weight]) => {
      values[`${place}${at}`] = `{${place}} : (${all})`;
      return `${weight} * ${has("search_head", `${place}${at}`)}`;
    }),
  );
  return { sql: ["1", ...parts].join(" + "), values };
}

/** For texts that have some of the words: rare ones count more. */
export function someFit(sql: Statements, terms: Term[], visibility: Visibility): Fit | undefined {
  if (visibility.everything) return undefined;
  const values: Values = {};
  const parts = terms.slice(0, WEIGHED_MAX).map((term, at) => {
    const expression = term.exact ?? term.all;
    values[`word${at}`] = expression;
    values[`rarity${at}`] = rarity(sql, expression, visibility);
    return `$rarity${at} * (${has("search_text", `word${at}`)} + ${HEAD_SHARE} * ${has("search_head", `word${at}`)})`;
  });
  // Skills that have none of the weighed words are found, too: the best fit is divided by, and not zero.
  return { sql: [LEAST_FIT, ...parts].join(" + "), values };
}

function rarity(sql: Statements, expression: string, { readable }: Visibility): number {
  const row = sql.get<{ count: number }>(
    `select count(*) as count from (
      select 1 from search_text f cross join search_ranks r on r.package_id = f.rowid
      where search_text match $expression and ${IS_READABLE} limit ${COUNTED_MAX}
    )`,
    { expression, readable },
  );
  return rarityOf(row?.count ?? 0);
}

function has(table: "search_head" | "search_text", name: string): string {
  return `(f.rowid in (select rowid from ${table} where ${table} match $${name}))`;
}
