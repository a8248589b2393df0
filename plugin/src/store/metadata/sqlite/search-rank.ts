import type { SearchQuery } from "../../search.ts";
import {
  FRESH_DAYS,
  FRESHNESS_MAX,
  HEAD_SHARE,
  LIKE_WEIGHT,
  NAMED_MAX,
  POPULAR,
  POPULARITY_MAX,
  type Ranked,
  RANKED_MAX,
} from "../search-ranking.ts";
import type { Matching } from "./search-matching.ts";
import type { Statements } from "./statements.ts";

/** How much words in these columns count: name, namespace, keywords, description, headings, filters. */
const HEAD_WEIGHTS = "10, 1, 5, 2, 1, 0";

/**
 * Skills asked for by name, then heads with all words, then what is left of the texts, deprecated ones last.
 * What stands behind is asked only for pages that reach so far: heads are some ten times faster than texts.
 */
export function rankByRelevance(
  sql: Statements,
  matching: Matching,
  page: Pick<SearchQuery, "from" | "size">,
): Ranked[] {
  const stages = matching.relaxed ? [some(matching)] : stagesOf(sql, matching);
  const rows: Ranked[] = [];
  let { from } = page;
  for (const stage of stages) {
    const size = page.size - rows.length;
    if (size === 0) break;
    rows.push(...sql.all<Ranked>(`${stage} ${ORDERED}`, { ...matching.values, from, size }));
    if (rows.length > 0) from = 0;
    else if (from > 0) from -= countOf(sql, stage, matching);
  }
  return rows;
}

function stagesOf(sql: Statements, matching: Matching): string[] {
  const isNamed = sql.get(NAMED, matching.values) !== undefined;
  const unnamed = isNamed ? without(matching, NAMED) : matching;
  return [...(isNamed ? [named(matching)] : []), heads(unnamed), texts(unnamed)];
}

function countOf(sql: Statements, stage: string, { values }: Matching): number {
  return sql.get<{ count: number }>(`${stage} select count(*) as count from matched`, values)?.count ?? 0;
}

/** All matches but those of a subquery. */
function without(matching: Matching, packageIds: string): Matching {
  return { ...matching, conditions: `${matching.conditions} and r.package_id not in (${packageIds})` };
}

/** What the order depends on. */
const COLUMNS = "r.package_id, r.name, r.downloads, r.likes, r.published_day";

const NAMED = `select package_id from search_documents
  where skill_spelling = $name or spelling = $name limit ${NAMED_MAX}`;

function named({ conditions }: Matching): string {
  return `with matched as materialized (
    select ${COLUMNS}, 4 - r.deprecated as level, 1 as fit, 1 as exact from search_ranks r
    where r.package_id in (${NAMED})
      and exists (select 1 from search_head f where search_head match $expression and f.rowid = r.package_id)
      ${conditions}
  )`;
}

function heads(matching: Matching): string {
  return `with matched as materialized (
    select ${COLUMNS}, 2 as level, ${matching.fit?.sql ?? `-bm25(search_head, ${HEAD_WEIGHTS})`} as fit,
      ${exactness(matching, "search_head")} as exact
    ${headsOf(matching)}
  )`;
}

/** Of more than can be ranked, those with all words in name and keywords (`$heads`), and of these the newest. */
function headsOf({ conditions }: Matching): string {
  return `from search_head f cross join search_ranks r on r.package_id = f.rowid
    where search_head match $heads and r.deprecated = 0 ${conditions}
    order by f.rowid desc limit ${RANKED_MAX}`;
}

/** What the stages before leave over. */
function texts(matching: Matching): string {
  const { conditions } = without(matching, `select f.rowid ${headsOf(matching)}`);
  return `with matched as materialized (
    select ${COLUMNS}, 1 - r.deprecated as level, ${matching.fit === undefined ? "-bm25(search_text, 1, 0)" : "1"} as fit,
      ${exactness(matching, "search_text")} as exact
    from search_text f cross join search_ranks r on r.package_id = f.rowid
    where search_text match $expression ${conditions}
    order by f.rowid desc limit ${RANKED_MAX}
  )`;
}

/** Skills with some of the words: those in the head count more, rare ones more, and it counts how many there are. */
function some({ conditions, fit }: Matching): string {
  if (fit !== undefined) {
    return `with matched as materialized (
      select ${COLUMNS}, 1 - r.deprecated as level, ${fit.sql} as fit, 1 as exact
      from search_text f cross join search_ranks r on r.package_id = f.rowid
      where search_text match $expression ${conditions}
      order by f.rowid desc limit ${RANKED_MAX}
    )`;
  }
  return `with fitting as materialized (
    select ${COLUMNS}, 1 - r.deprecated as level, -bm25(search_text, 1, 0) as text_fit, 1 as exact
    from search_text f cross join search_ranks r on r.package_id = f.rowid
    where search_text match $expression ${conditions}
    order by f.rowid desc limit ${RANKED_MAX}
  ), heads as materialized (
    select f.rowid as id, -bm25(search_head, ${HEAD_WEIGHTS}) as fit from search_head f
    where search_head match $expression order by f.rowid desc limit ${RANKED_MAX}
  ), matched as materialized (
    select fitting.*, fitting.text_fit + ${HEAD_SHARE} * coalesce(heads.fit, 0) as fit
    from fitting left join heads on heads.id = fitting.package_id
  )`;
}

/** 1 for a skill that has all words as they were typed, 0 for one that has what they may stand for. */
function exactness({ exact }: Matching, table: "search_head" | "search_text"): string {
  return exact === undefined
    ? "1"
    : `(r.package_id in (select rowid from ${table} where ${table} match $exact))`;
}

/** Fit counts by half where words were typed only in part, so that the whole ones come first. */
const ORDERED = `
  select package_id as id, level, text, popularity, freshness from (
    select package_id, name, level,
      (exact + fit * 1.0 / (select max(fit) from matched)) / 2 as text,
      ${POPULARITY_MAX} * min(1, log2(1 + downloads + ${LIKE_WEIGHT} * likes) / log2(1 + ${POPULAR})) as popularity,
      ${FRESHNESS_MAX} * max(0, 1 - max(0, unixepoch() / 86400 - published_day) / ${FRESH_DAYS}.0) as freshness
    from matched
  ) order by level desc, text + popularity + freshness desc, name limit $size offset $from`;
