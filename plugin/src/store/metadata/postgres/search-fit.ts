import { type RawBuilder, sql } from "kysely";
import { HEAD_SHARE, rarityOf, WEIGHED_MAX } from "../search-ranking.ts";
import type { Term } from "./search-expand.ts";
import type { Expression } from "./search-terms.ts";
import type { Place } from "./search-vector.ts";

/**
 * How well words fit, like BM25: a word counts more where it stands more often, in a better place, in a shorter text, and where fewer
 * skills have it. Only skills that the caller may find are counted for that: from the order and the scores of skills of one's own it
 * could else be read whether a hidden one has the word.
 */

/** What PostgreSQL's rank of a word that stands once in the best place has to be multiplied with to be 1. */
const RANK_UNIT = Math.PI ** 2 / 6;

/** How much a word counts in the places of the head, of 1: D, C, B, A. Namespace and headings, description, keywords, name. */
const HEAD_WEIGHTS = "{0.1, 0.2, 0.5, 1}";
const TEXT_WEIGHTS = "{1, 1, 1, 1}";

/** Weight of the name, in units of a heading. */
const NAME_WEIGHT = 10;

/** How soon more of a word says no more, and how much a long text is held against it: as everywhere for BM25. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;

/** Words of a usual head and text. Those of all skills together would tell of hidden ones. */
const HEAD_WORDS = 60;
const TEXT_WORDS = 800;

/** Fits are divided by the best one. */
const LEAST_FIT = 0.001;

/** For rows `c` with `terms`, `head_words` and `text_words`. */
export function headFit(terms: Term[]): RawBuilder<number> {
  return fitOf(terms, (term) => inHead(term.all));
}

export function textFit(terms: Term[]): RawBuilder<number> {
  return fitOf(terms, (term) => inText(term.all));
}

/** For skills that have only some of the words. */
export function someFit(terms: Term[]): RawBuilder<number> {
  return fitOf(
    terms,
    ({ exact, all }) => sql`(${inText(exact ?? all)} + ${HEAD_SHARE}::float8 * ${inHead(exact ?? all)})`,
  );
}

function fitOf(terms: Term[], fit: (term: Term) => RawBuilder<number>): RawBuilder<number> {
  const rarest = terms.toSorted((a, b) => a.skills - b.skills).slice(0, WEIGHED_MAX);
  const parts = rarest.map((term) => sql`${rarityOf(term.skills)}::float8 * ${fit(term)}`);
  return sql`(${LEAST_FIT}::float8 + ${sql.join(parts, sql` + `)})`;
}

function inHead(expression: Expression): RawBuilder<number> {
  const often = sql`${NAME_WEIGHT}::float8 * ${occurrences(expression, "head=")}`;
  return saturated(often, sql`c.head_words / ${HEAD_WORDS}::float8`);
}

function inText(expression: Expression): RawBuilder<number> {
  return saturated(occurrences(expression, ""), sql`c.text_words / ${TEXT_WORDS}::float8`);
}

/** PostgreSQL divides by the words that are asked for, and adds the square of 1 / n for the nth time that a word stands there. */
function occurrences(expression: Expression, place: Place): RawBuilder<number> {
  const asked = sql`${expression(place)}::tsquery`;
  const weights = place === "" ? TEXT_WEIGHTS : HEAD_WEIGHTS;
  return sql`(ts_rank(${weights}::float4[], c.terms, ${asked}) * ((numnode(${asked}) + 1) / 2) * ${RANK_UNIT}::float8)`;
}

/** `often` once, because it is what takes time. */
function saturated(often: RawBuilder<unknown>, length: RawBuilder<unknown>): RawBuilder<number> {
  const [top, share] = [SATURATION + 1, SATURATION * LENGTH_SHARE];
  return sql`coalesce(
    ${top}::float8 / (1 + (${SATURATION - share}::float8 + ${share}::float8 * ${length}) / nullif(${often}, 0)), 0)`;
}
