import { type RawBuilder, sql } from "kysely";
import type { SearchQuery } from "../../search.ts";

/** Condition over `search_documents r`: the caller may find it. `readable` are namespaces and skills; those of skills begin with `@`. */
export function isReadable(readable: string[]): RawBuilder<boolean> {
  return sql`(not r.restricted or r.namespace = any(${readable}::text[]) or r.name = any(${readable}::text[]))`;
}

/** Conditions over `search_documents r`: all that narrows a query down beside what stands in `terms`. */
export function conditionsOf(query: SearchQuery): RawBuilder<boolean> {
  const conditions = [isReadable(query.readable)];
  const { hasScripts, deprecated, updated } = query;
  if (hasScripts !== null) conditions.push(sql`r.has_scripts = ${hasScripts}`);
  if (deprecated !== null) conditions.push(sql`r.deprecated = ${deprecated}`);
  if (updated.from !== null) conditions.push(sql`r.published_at >= ${updated.from}`);
  if (updated.before !== null) conditions.push(sql`r.published_at < ${updated.before}`);
  return sql`${sql.join(conditions, sql` and `)}`;
}
