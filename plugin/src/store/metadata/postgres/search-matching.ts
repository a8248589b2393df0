import { type RawBuilder, sql } from "kysely";
import type { SearchQuery } from "../../search.ts";
import { COUNTED_MAX } from "../search-ranking.ts";
import type { Term } from "./search-expand.ts";
import { conditionsOf } from "./search-scope.ts";
import { allOf, anyOf, type Expression, scopeExpression } from "./search-terms.ts";
import type { Place } from "./search-vector.ts";

/** What a query matches, as SQL. */
export interface Matching {
  /** Terms that are weighed; empty where the query asks for filters alone. */
  terms: Term[];
  /** Undefined matches everything. */
  expression: Expression | undefined;
  /** All words as they were typed, where the expression allows for more. */
  exact: Expression | undefined;
  /** Conditions over `search_documents r`. */
  conditions: RawBuilder<boolean>;
}

/** Skills with all of the terms. */
export function strictMatching(query: SearchQuery, terms: Term[]): Matching {
  const scope = scopeExpression(query.filters, query.excluded);
  const typed = terms.flatMap(({ exact }) => exact ?? []);
  const isTyped = typed.length < terms.length || terms.every(({ exact, all }) => exact === all);
  return {
    terms,
    expression: narrowed(
      terms.map(({ all }) => all),
      scope,
    ),
    exact: isTyped ? undefined : narrowed(typed, scope),
    conditions: conditionsOf(query),
  };
}

/** Skills with any of the terms that some skill has. Those that too many have would fill up what is ranked, if there are others. */
export function relaxedMatching(query: SearchQuery, terms: Term[]): Matching {
  const found = terms.filter((term) => term.found);
  const rare = found.filter(({ skills }) => skills < COUNTED_MAX);
  const asked = rare.length === 0 ? found : rare;
  const any = anyOf(asked.map(({ exact, all }) => exact ?? all));
  return {
    terms: asked,
    expression: narrowed([any], scopeExpression(query.filters, query.excluded)),
    exact: undefined,
    conditions: conditionsOf(query),
  };
}

function narrowed(text: Expression[], scope: Expression | undefined): Expression | undefined {
  const all = [...text, ...(scope === undefined ? [] : [scope])];
  return all.length === 0 ? undefined : allOf(all);
}

/** Condition over `search_documents r`: the skill matches with all words in the place. */
export function matchesIn(place: Place, { expression, conditions }: Matching): RawBuilder<boolean> {
  if (expression === undefined) return conditions;
  return sql`r.terms @@ ${expression(place)}::tsquery and ${conditions}`;
}
