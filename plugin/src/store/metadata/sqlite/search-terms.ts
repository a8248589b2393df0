import { stem, words } from "../../../registry/search/words.ts";
import type { FilterField, SearchFilter } from "../../search.ts";
import { rememberingStem } from "../search-head.ts";

/**
 * What stands in the full-text tables, and how it is asked for. A query is built from stems and tokens alone,
 * each in quotes, so that no text can carry operators of FTS5 into it.
 */

/** Between fields, so that a phrase does not match across. Nobody can ask for it: words are letters and digits. */
const GAP = " = ";

/** Words of several texts as they are indexed: their stems, a gap between two texts. */
export function indexed(texts: string[]): string {
  const stemOf = rememberingStem();
  return texts.map((text) => words(text).map(stemOf).join(" ")).join(GAP);
}

/** One token for a folded value of a field. `=` keeps it apart from all words. */
export function filterToken(field: FilterField, value: string): string {
  const name = value.replace(/[\0-\x7f]/g, (character) =>
    /[a-z0-9]/.test(character) ? character : `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `${field}=${name}`;
}

/** Skills that have any of the filter's values in each of its fields; undefined when nothing is asked. */
export function filterExpression(filters: SearchFilter[]): string | undefined {
  const wanted = filters.filter((filter) => !filter.negated);
  const fields = [...new Set(wanted.map((filter) => filter.field))];
  return allOf(fields.map((field) => anyOf(wanted.filter((filter) => filter.field === field).map(tokenOf))));
}

/** Whatever must not occur; undefined when nothing is excluded. */
export function exclusionExpression(excluded: string[][], filters: SearchFilter[]): string | undefined {
  const values = filters.filter((filter) => filter.negated).map(tokenOf);
  const texts = excluded.map(phrase);
  return texts.length + values.length === 0 ? undefined : anyOf([...texts, ...values]);
}

function tokenOf({ field, value }: SearchFilter): string {
  return `"${filterToken(field, value)}"`;
}

/** Words next to each other. */
export function phrase(text: string[]): string {
  return `"${text.map(stem).join(" ")}"`;
}

export function anyOf(expressions: string[]): string {
  return expressions.length === 1 ? expressions.join("") : `(${expressions.join(" OR ")})`;
}

/** Undefined for none. */
export function allOf(expressions: string[]): string | undefined {
  return expressions.length === 0 ? undefined : expressions.join(" AND ");
}
