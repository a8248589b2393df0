import { type Kysely, type RawBuilder, sql } from "kysely";
import { HIT_BODY_MAX, type SearchPage, type SearchQuery, type SearchSort } from "../../search.ts";
import type { Database } from "../schema.ts";
import { FRESHNESS_MAX, POPULARITY_MAX, SENTENCE_TERMS } from "../search-ranking.ts";
import { expand } from "./search-expand.ts";
import { countFacets } from "./search-facets.ts";
import { type Matching, matchesIn, relaxedMatching, strictMatching } from "./search-matching.ts";
import { allRanked, someRanked } from "./search-rank.ts";
import { type HitRow, toHit } from "./search-shown.ts";

type Db = Kysely<Database>;

/** One page of what the query asks for, over a connection that is in a transaction. */
export async function searchPage(db: Db, query: SearchQuery): Promise<SearchPage> {
  const { terms, corrections } = await expand(db, query);
  const strict = strictMatching(query, terms);
  let matching = strict;
  let found = await pageOf(db, query, {
    matching: strict,
    ranked: terms.length > 0 ? allRanked(strict, query) : undefined,
  });
  let relaxed = false;
  const isEnough = terms.length < SENTENCE_TERMS ? found.total > 0 : found.inHead;
  if (!isEnough && terms.length > 1 && terms.some((term) => term.found)) {
    const loose = relaxedMatching(query, terms);
    const more = await pageOf(db, query, { matching: loose, ranked: someRanked(loose) });
    if (more.total > 0) [matching, found, relaxed] = [loose, more, true];
  }
  const { total, hits } = found;
  const facets = query.facets
    ? await countFacets(db, sql`from search_documents r where ${matchesIn("", matching)}`)
    : null;
  return { total, hits, facets, corrections, relaxed };
}

interface Found {
  total: number;
  /** Some head has all the words. */
  inHead: boolean;
  hits: SearchPage["hits"];
}

interface PageRow extends HitRow {
  total: number;
  in_head: boolean;
  /** The best standing that there is; null where standings have no part in the order. */
  best: number | null;
}

/** In order of relevance where `ranked` says which, else in an order that the words have no part in. One statement, one row even without hits. */
async function pageOf(
  db: Db,
  query: SearchQuery,
  { matching, ranked }: { matching: Matching; ranked: RawBuilder<unknown> | undefined },
): Promise<Found> {
  const isRanked = ranked !== undefined && query.sort === "relevance";
  const placed = isRanked ? sql`${ranked},` : sql``;
  const { rows } = await sql<PageRow | (Omit<PageRow, "name"> & { name: null })>`
    with total as materialized (select count(*)::integer as n from search_documents r where ${matchesIn("", matching)}),
      ${placed} page as (${isRanked ? BY_RELEVANCE : listed(matching, query.sort)} limit ${query.size} offset ${query.from})
    select t.n as total, exists (select 1 from search_documents r where ${matchesIn("head=", matching)}) as in_head,
      p.best, p.level, p.text, p.popularity, p.freshness, r.name, r.namespace, r.published_at, r.deprecated, r.restricted,
      r.has_scripts, r.downloads, r.likes, s.version, s.shown, ${bodyOf(query)} as body
    from total t left join page p on true
      left join search_documents r on r.package_id = p.package_id
      left join search_shown s on s.package_id = p.package_id
    order by p.place`.execute(db);
  const hits = rows.flatMap((row) => (row.name === null ? [] : [toHit(row, row.best)]));
  return { total: rows[0]?.total ?? 0, inHead: rows[0]?.in_head ?? false, hits };
}

const STANDING = sql`level + (text + popularity + freshness) / ${1 + POPULARITY_MAX + FRESHNESS_MAX}::float8`;

const BY_RELEVANCE = sql`
  select *, row_number() over (order by level desc, text + popularity + freshness desc, name) as place,
    max(${STANDING}) over () as best
  from ranked order by place`;

const ORDERS: Record<SearchSort, RawBuilder<unknown>> = {
  relevance: sql`r.published_at desc`,
  updated: sql`r.published_at desc`,
  downloads: sql`r.downloads desc, r.likes desc`,
  likes: sql`r.likes desc, r.downloads desc`,
  name: sql`r.deprecated`,
};

/** Deprecated ones last. */
function listed(matching: Matching, sort: SearchSort): RawBuilder<unknown> {
  const order = sql`r.deprecated, ${ORDERS[sort]}, r.name`;
  return sql`
    select r.package_id, 1 - r.deprecated::integer as level, 0::float8 as text, 0::float8 as popularity, 0::float8 as freshness,
      row_number() over (order by ${order}) as place, null::float8 as best
    from search_documents r where ${matchesIn("", matching)} order by ${order}`;
}

function bodyOf({ bodies }: SearchQuery): RawBuilder<unknown> {
  if (!bodies) return sql`null`;
  return sql`(select substr(v.readme, 1, ${HIT_BODY_MAX}) from versions v where v.package_id = p.package_id and v.version = s.version)`;
}
