import {
  HIT_BODY_MAX,
  type SearchHit,
  type SearchPage,
  type SearchQuery,
  type SearchSort,
} from "../../search.ts";
import { type Ranked, standing } from "../search-ranking.ts";
import { expand } from "./search-expand.ts";
import { facetCounter, type FacetCounter } from "./search-facets.ts";
import { type Matching, matchesOf, matchingOf } from "./search-matching.ts";
import { rankByRelevance } from "./search-rank.ts";
import { scopeOf, visibilityOf } from "./search-scope.ts";
import type { Statements } from "./statements.ts";

/** One page of what the query asks for. The connection has to show one state of the database for the whole call. */
export function searchPage(
  sql: Statements,
  query: SearchQuery,
  facets: FacetCounter = facetCounter(sql),
): SearchPage {
  const visibility = visibilityOf(sql, query.readable);
  const { terms, corrections } = expand(sql, query, visibility);
  const matching = matchingOf(sql, query, { scope: scopeOf(query, visibility), terms });
  return {
    total: matching.total,
    hits: hitsOf(sql, query, matching),
    facets: query.facets ? facets.count(matching) : null,
    corrections,
    relaxed: matching.relaxed,
  };
}

function hitsOf(sql: Statements, query: SearchQuery, matching: Matching): SearchHit[] {
  if (matching.total === 0 || query.size === 0) return [];
  const byRelevance = matching.hasText && query.sort === "relevance";
  const page = { from: query.from, size: query.size };
  const ranked = byRelevance
    ? rankByRelevance(sql, matching, page)
    : listed(sql, matching, { ...page, sort: query.sort });
  const [first] =
    byRelevance && page.from > 0 ? rankByRelevance(sql, matching, { from: 0, size: 1 }) : ranked;
  const best = first === undefined ? 1 : standing(first);
  const shown = new Map(shownOf(sql, ranked, query.bodies).map((row) => [row.package_id, row]));
  return ranked.flatMap((hit) => {
    const row = shown.get(hit.id);
    return row === undefined ? [] : [toHit(row, hit, byRelevance ? standing(hit) / best : 1)];
  });
}

const ORDERS: Record<SearchSort, string> = {
  relevance: "r.published_at desc",
  updated: "r.published_at desc",
  downloads: "r.downloads desc, r.likes desc",
  likes: "r.likes desc, r.downloads desc",
  name: "r.deprecated",
};

/** In an order that the words have no part in; deprecated ones last. */
function listed(
  sql: Statements,
  matching: Matching,
  { sort, ...page }: Pick<SearchQuery, "from" | "size" | "sort">,
): Ranked[] {
  return sql.all<Ranked>(
    `select r.package_id as id, 1 - r.deprecated as level, 0 as text, 0 as popularity, 0 as freshness
      ${matchesOf(matching)} order by r.deprecated, ${ORDERS[sort]}, r.name limit $size offset $from`,
    { ...matching.values, ...page },
  );
}

interface Shown {
  package_id: number;
  name: string;
  version: string;
  license: string | null;
  publisher: string;
  published_at: string;
  keywords: string;
  agents: string;
  description: string;
  namespace: string;
  deprecated: number;
  restricted: number;
  has_scripts: number;
  downloads: number;
  likes: number;
  body: string | null;
}

function shownOf(sql: Statements, hits: Ranked[], bodies: boolean): Shown[] {
  const body = bodies
    ? `(select substr(readme, 1, ${HIT_BODY_MAX}) from versions v where v.package_id = d.package_id and v.version = d.version)`
    : "null";
  return sql.all<Shown>(
    `select d.package_id, d.name, d.version, d.license, d.publisher, d.published_at, d.keywords, d.agents, d.description,
        r.namespace, r.deprecated, r.restricted, r.has_scripts, r.downloads, r.likes, ${body} as body
      from json_each($ids) j cross join search_documents d on d.package_id = j.value
      cross join search_ranks r on r.package_id = j.value`,
    { ids: JSON.stringify(hits.map(({ id }) => id)) },
  );
}

function toHit(row: Shown, { level, text, popularity, freshness }: Ranked, score: number): SearchHit {
  return {
    name: row.name,
    namespace: row.namespace,
    version: row.version,
    description: row.description,
    keywords: listOf(row.keywords),
    license: row.license,
    publisher: row.publisher,
    agents: listOf(row.agents),
    hasScripts: row.has_scripts === 1,
    publishedAt: row.published_at,
    deprecated: row.deprecated === 1,
    restricted: row.restricted === 1,
    score,
    reason: { level, text, popularity, freshness },
    likes: row.likes,
    downloads: row.downloads,
    body: row.body,
  };
}

/** A JSON list, as `putDocument` wrote it. */
function listOf(text: string): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own writing, read where zod would take time to load
  return JSON.parse(text) as string[];
}
