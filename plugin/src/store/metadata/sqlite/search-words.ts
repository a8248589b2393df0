/** Longest word told apart, in UTF-16 units; what is beyond is cut off alike in skills and in queries. */
const WORD_MAX = 64;

/** Words of a query that count. More only cost time: every one of them must match. */
const QUERY_WORDS_MAX = 32;

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}+/gu;

/** Lower-case words of letters and digits without accents; nothing else of a text reaches the index or a query. */
export function words(text: string): string[] {
  const folded = text.normalize("NFKD").replace(MARKS, "").toLowerCase();
  return (folded.match(WORD) ?? []).map((word) => word.slice(0, WORD_MAX));
}

/** What is indexed for a text: its words, from which the tokenizer makes stems, and each of them once as it is. */
export function indexed(text: string): string {
  const all = words(text);
  return [...all, ...new Set(all.map(unstemmed))].join(" ");
}

/**
 * FTS5 expression for all words of a query, the last one also as the beginning of a word; undefined without words.
 * Built from letters and digits only, so a query cannot carry operators into it.
 */
export function matchExpression(text: string): string | undefined {
  const typed = words(text).slice(0, QUERY_WORDS_MAX);
  const last = typed.pop();
  if (last === undefined) return undefined;
  const whole = [...new Set(typed)].map((word) => `"${word}"`);
  return [...whole, `("${last}" OR "${unstemmed(last)}"*)`].join(" AND ");
}

/**
 * A word in an alphabet that the Porter stemmer leaves alone: full-width letters, which `words` never returns.
 * FTS5 stems the beginning of a word like a whole one: "poly" becomes "poli" and would not find "polymer".
 */
function unstemmed(word: string): string {
  return word.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + FULL_WIDTH));
}

/** From `a` to its full-width form. */
const FULL_WIDTH = 0xff41 - 0x61;
