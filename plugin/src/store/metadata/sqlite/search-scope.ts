import type { SearchQuery } from "../../search.ts";
import { exclusionExpression, filterExpression } from "./search-terms.ts";
import type { Statements, Values } from "./statements.ts";

/** Which restricted skills the caller may find. */
export interface Visibility {
  /** Nothing is hidden from the caller: the usual case, in which no row has to be looked at. */
  everything: boolean;
  /** JSON: names of namespaces and of skills; those of skills begin with `@`. */
  readable: string;
}

export function visibilityOf(sql: Statements, readable: string[]): Visibility {
  const names = JSON.stringify(readable);
  const hidden = sql.get(
    `select 1 from search_ranks where restricted = 1
      and namespace not in (select value from json_each($readable))
      and name not in (select value from json_each($readable)) limit 1`,
    { readable: names },
  );
  return { everything: hidden === undefined, readable: names };
}

/** SQL condition over `search_ranks r`. */
export const IS_READABLE = `(r.restricted = 0 or r.namespace in (select value from json_each($readable))
  or r.name in (select value from json_each($readable)))`;

/** The same, to be put behind others. */
export function visible({ everything }: Visibility): string {
  return everything ? "" : `and ${IS_READABLE}`;
}

/** What narrows a query down beside its words. */
export interface Scope {
  /** FTS5 expression over the filter tokens. */
  filters: string | undefined;
  /** SQL conditions over `search_ranks r`, each with `and` in front; empty when none has to be checked. */
  conditions: string;
  visibility: Visibility;
  values: Values;
}

export function scopeOf(query: SearchQuery, visibility: Visibility): Scope {
  const excluded = exclusionExpression(query.excluded, query.filters);
  const conditions = [
    visible(visibility),
    excluded === undefined
      ? ""
      : "and r.package_id not in (select rowid from search_text where search_text match $excluded)",
    query.hasScripts === null ? "" : "and r.has_scripts = $hasScripts",
    query.deprecated === null ? "" : "and r.deprecated = $deprecated",
    query.updated.from === null ? "" : "and r.published_at >= $updatedFrom",
    query.updated.before === null ? "" : "and r.published_at < $updatedBefore",
  ];
  return {
    filters: filterExpression(query.filters),
    conditions: conditions.filter((condition) => condition !== "").join(" "),
    visibility,
    values: {
      readable: visibility.readable,
      excluded: excluded ?? null,
      hasScripts: Number(query.hasScripts),
      deprecated: Number(query.deprecated),
      updatedFrom: query.updated.from,
      updatedBefore: query.updated.before,
    },
  };
}
