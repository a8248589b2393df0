import { type RawBuilder, sql } from "kysely";
import type { SearchQuery } from "../../search.ts";
import {
  FRESH_DAYS,
  FRESHNESS_MAX,
  LIKE_WEIGHT,
  NAMED_MAX,
  POPULAR,
  POPULARITY_MAX,
  RANKED_MAX,
} from "../search-ranking.ts";
import { headFit, someFit, textFit } from "./search-fit.ts";
import { type Matching, matchesIn } from "./search-matching.ts";
import type { Place } from "./search-vector.ts";

/**
 * Skills asked for by name, then heads with all words, then what is left of the texts, deprecated ones last: in one statement, because
 * each is a way to the server. What stands behind is ranked only for pages that reach so far.
 */

/** Skills with all words, in stages; each tells of its skills what PARTS reads. */
export function allRanked(matching: Matching, query: SearchQuery): RawBuilder<unknown> {
  return sql`named as materialized (${named(matching, query.name)}),
    heads as materialized (${heads(matching)}),
    texts as materialized (${texts(matching, query)}),
    staged as (select * from named union all select * from heads union all select * from texts),
    ${PARTS}`;
}

/** Skills with some of the words: those in the head count more, rare ones more, and it counts how many there are. */
export function someRanked(matching: Matching): RawBuilder<unknown> {
  return sql`staged as materialized (
      select ${PLACED}, 0 as stage, 1 - c.deprecated::integer as level, ${someFit(matching.terms)} as fit, 1 as exact
      from (${candidates(matchesIn("", matching))}) c
    ), ${PARTS}`;
}

/** What the order depends on. */
const PLACED = sql`c.package_id, c.name, c.downloads, c.likes, c.published_day`;

function named(matching: Matching, name: string | null): RawBuilder<unknown> {
  return sql`
    select ${PLACED}, 2 as stage, 4 - c.deprecated::integer as level, 1::float8 as fit, 1 as exact
    from (
      select r.* from search_documents r
      where (r.skill_spelling = ${name} or r.spelling = ${name}) and ${matchesIn("head=", matching)} limit ${NAMED_MAX}
    ) c`;
}

/** Of more than can be ranked, those with all words in name and keywords, if there are such. */
function heads(matching: Matching): RawBuilder<unknown> {
  const inHead = sql`${matching.expression?.("head=")}::tsquery`;
  const inNames = sql`${matching.expression?.("name=")}::tsquery`;
  const asked = sql`(
    select case when n > ${RANKED_MAX} and exists (select 1 from search_documents r where ${matchesIn("name=", matching)})
      then ${inNames} else ${inHead} end from total
  )`;
  const left = sql`r.terms @@ ${asked} and not r.deprecated and r.package_id not in (select package_id from named)`;
  return sql`
    select ${PLACED}, 1 as stage, 2 as level, ${headFit(matching.terms)} as fit, ${exactness(matching, "head=")} as exact
    from (${candidates(sql`${left} and ${matching.conditions}`)}) c`;
}

/** What the stages before leave over, unless they fill the page. */
function texts(matching: Matching, { from, size }: SearchQuery): RawBuilder<unknown> {
  const left = sql`r.package_id not in (select package_id from named union all select package_id from heads)
    and (select count(*) from named) + (select count(*) from heads) < ${from + size}`;
  return sql`
    select ${PLACED}, 0 as stage, 1 - c.deprecated::integer as level, ${textFit(matching.terms)} as fit,
      ${exactness(matching, "")} as exact
    from (${candidates(sql`${matchesIn("", matching)} and ${left}`)}) c`;
}

/** The newest that match. Their words are copied in once (`offset 0` keeps that so): each word that is weighed would fetch them again. */
function candidates(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select n.*, ts_filter(n.stored, '{a,b,c,d}') as terms
    from (
      select r.package_id, r.name, r.downloads, r.likes, r.published_day, r.deprecated, r.head_words, r.text_words,
        r.terms as stored
      from search_documents r where ${condition} order by r.package_id + 0 desc limit ${RANKED_MAX}
    ) n offset 0`;
}

/** 1 for a skill that has all words as they were typed, 0 for one that has what they may stand for. */
function exactness({ exact }: Matching, place: Place): RawBuilder<number> {
  return exact === undefined ? sql`1` : sql`(c.terms @@ ${exact(place)}::tsquery)::integer`;
}

/** Fit counts by half where words were typed only in part, so that the whole ones come first. */
const PARTS = sql`ranked as (
    select package_id, name, level, (exact + fit / max(fit) over (partition by stage)) / 2 as text,
      ${POPULARITY_MAX}::float8 * least(1, ln(1 + downloads + ${LIKE_WEIGHT}::integer * likes) / ln(1 + ${POPULAR}::float8)) as popularity,
      ${FRESHNESS_MAX}::float8 * greatest(0, 1 - greatest(0, floor(extract(epoch from now()) / 86400) - published_day)
        / ${FRESH_DAYS}::float8) as freshness
    from staged
  )`;
