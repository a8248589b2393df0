import type { SearchQuery } from "../../search.ts";
import type { Term } from "./search-expand.ts";
import { type Fit, headFit, someFit } from "./search-fit.ts";
import { RANKED_MAX, SENTENCE_TERMS } from "../search-ranking.ts";
import { type Scope, visible } from "./search-scope.ts";
import { allOf, anyOf } from "./search-terms.ts";
import type { Statements, Values } from "./statements.ts";

/** What a query matches, as SQL. */
export interface Matching {
  total: number;
  /** FTS5 expression, the same for both tables; undefined matches everything. */
  expression: string | undefined;
  /** All words as they were typed, where the expression allows for more. */
  exact: string | undefined;
  /** The expression asks for words, not for filters alone. */
  hasText: boolean;
  /** No skill has all the words, and the expression asks for any of them. */
  relaxed: boolean;
  /** Conditions over `search_ranks r`, each with `and` in front; empty when none has to be checked. */
  conditions: string;
  /** How well words fit, where bm25 would tell of hidden skills. */
  fit: Fit | undefined;
  values: Values;
}

/** Skills with all of the terms, or with any of them when none has all; of a sentence, none in its head. */
export function matchingOf(
  sql: Statements,
  query: SearchQuery,
  { scope, terms }: { scope: Scope; terms: Term[] },
): Matching {
  const strict = matching(sql, { scope, terms, name: query.name, relaxed: false });
  const found = terms.filter((term) => term.found);
  const isEnough = terms.length < SENTENCE_TERMS ? strict.total > 0 : isInHead(sql, strict);
  if (isEnough || terms.length < 2 || found.length === 0) return strict;
  const relaxed = matching(sql, { scope, terms: rarer(sql, found, scope), name: query.name, relaxed: true });
  return relaxed.total > 0 ? relaxed : strict;
}

interface Asked {
  scope: Scope;
  terms: Term[];
  name: string | null;
  relaxed: boolean;
}

function matching(sql: Statements, { scope, terms, name, relaxed }: Asked): Matching {
  const filters = scope.filters === undefined ? [] : [`(${scope.filters})`];
  const all = terms.map((term) => (relaxed ? (term.exact ?? term.all) : term.all));
  const text = relaxed && all.length > 0 ? [anyOf(all)] : all;
  const expression = allOf([...text, ...filters]);
  const exact = relaxed ? undefined : exactOf(terms, filters);
  const fit = relaxed ? someFit(sql, terms, scope.visibility) : headFit(terms, scope.visibility);
  const found: Omit<Matching, "total"> = {
    expression,
    exact,
    hasText: terms.length > 0,
    relaxed,
    conditions: scope.conditions,
    fit,
    values: {
      ...scope.values,
      ...fit?.values,
      expression: expression ?? null,
      heads: expression ?? null,
      exact: exact ?? null,
      name,
    },
  };
  const total = count(sql, found);
  const narrow = allOf([`{name keywords} : (${text.join(" AND ")})`, ...filters]) ?? null;
  const heads =
    total > RANKED_MAX && terms.length > 0 && isInHead(sql, found, narrow) ? { heads: narrow } : {};
  return { ...found, total, values: { ...found.values, ...heads } };
}

/** Without the terms that too many skills have, if there are others: they would fill up what is ranked. */
function rarer(sql: Statements, terms: Term[], { visibility }: Scope): Term[] {
  const joined = visibility.everything ? "" : "f cross join search_ranks r on r.package_id = f.rowid";
  const rare = terms.filter((term) => {
    const row = sql.get<{ count: number }>(
      `select count(*) as count from (
        select 1 from search_text ${joined} where search_text match $term ${visible(visibility)}
          limit ${RANKED_MAX + 1}
      )`,
      { term: term.exact ?? term.all, readable: visibility.readable },
    );
    return row !== undefined && row.count <= RANKED_MAX;
  });
  return rare.length === 0 ? terms : rare;
}

/** Undefined where every match is one for what was typed, or none can be. */
function exactOf(terms: Term[], filters: string[]): string | undefined {
  const typed = terms.flatMap((term) => term.exact ?? []);
  if (typed.length < terms.length || terms.every((term) => term.exact === term.all)) return undefined;
  return allOf([...typed, ...filters]);
}

function isInHead(
  sql: Statements,
  { conditions, values }: Omit<Matching, "total">,
  expression = values["expression"] ?? null,
): boolean {
  const row = sql.get(
    `select 1 from search_head f cross join search_ranks r on r.package_id = f.rowid
      where search_head match $expression ${conditions} limit 1`,
    { ...values, expression },
  );
  return row !== undefined;
}

/** `from` and `where` for all matches, with `search_ranks r` in it. */
export function matchesOf({ expression, conditions }: Pick<Matching, "expression" | "conditions">): string {
  return expression === undefined
    ? `from search_ranks r where true ${conditions}`
    : `from search_text f cross join search_ranks r on r.package_id = f.rowid
      where search_text match $expression ${conditions}`;
}

function count(sql: Statements, found: Omit<Matching, "total">): number {
  const bare =
    found.expression === undefined
      ? "from search_ranks"
      : "from search_text where search_text match $expression";
  const matches = found.conditions === "" ? bare : matchesOf(found);
  return sql.get<{ count: number }>(`select count(*) as count ${matches}`, found.values)?.count ?? 0;
}
