import { stem } from "../../registry/search/words.ts";

/** How words are read and hits are ordered, whatever finds them. ADR 0008 says why. */

/**
 * Matches of a head or a text that are ranked. Of more, only the newest are: it bounds the time for very common words,
 * and a word that says so little would rank them badly anyway.
 */
export const RANKED_MAX = 3_000;

/** Skills of the very name that was asked for, of all namespaces. */
export const NAMED_MAX = 1_000;

/** Terms from which on a query is a sentence: its words together in a long text mean little. */
export const SENTENCE_TERMS = 4;

/** Words that a beginning stands for. More of them only add rare words, and time. */
export const COMPLETIONS_MAX = 24;

/** Letters after which a beginning is looked up in bodies, too. Shorter ones begin too many words. */
export const BODY_BEGINNING_MIN = 3;

/** Letters of a suffix that a beginning may hold already: "testin" stands for what "test" stems from. */
const SUFFIX_MAX = 3;

/** How much more a word in the head adds to the fit of a skill that has only some of the words. */
export const HEAD_SHARE = 2;

/** Words that are weighed where each takes time; more change the order little. */
export const WEIGHED_MAX = 8;

/** Skills that are counted for a word: with so many it says next to nothing. It bounds the time. */
export const COUNTED_MAX = 3_000;

/**
 * What popularity and freshness add to a fit between 0 and 1, where 1 is the best fit of the level.
 * A skill that fits clearly better, by more than an eighth, stays in front of any number of downloads.
 */
export const POPULARITY_MAX = 0.1;
export const FRESHNESS_MAX = 0.03;

/** Downloads of 30 days that give all of POPULARITY_MAX; a like counts as LIKE_WEIGHT of them. */
export const POPULAR = 10_000;
export const LIKE_WEIGHT = 10;

/** Days after which a skill is no longer fresh. */
export const FRESH_DAYS = 365;

/** Days that `downloads` looks back. */
export const DOWNLOADS_DAYS = 30;

/** A hit, before what is shown of it is read. */
export interface Ranked {
  id: number;
  level: number;
  text: number;
  popularity: number;
  freshness: number;
}

/** Where the hit stands: its level decides, then the sum of its parts. */
export function standing({ level, text, popularity, freshness }: Omit<Ranked, "id">): number {
  return level + (text + popularity + freshness) / (1 + POPULARITY_MAX + FRESHNESS_MAX);
}

/** What a word is worth that `count` skills have, of those that the caller may find. */
export function rarityOf(count: number): number {
  return Math.log(1 + COUNTED_MAX / (count + 0.5));
}

/** What a beginning may be with a part of its suffix taken away, longest first. */
export function withoutSuffix(beginning: string): string[] {
  return Array.from({ length: SUFFIX_MAX }, (_, cut) => beginning.slice(0, -1 - cut)).filter(
    (part) => part.length > BODY_BEGINNING_MIN && stem(part) === part,
  );
}
