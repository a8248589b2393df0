import { stem } from "../../../registry/search/words.ts";
import type { Statements } from "./statements.ts";

/**
 * The words in the heads of skills that everybody may read, for completing and correcting what is typed.
 * Words of restricted skills are not in it: a correction must not tell them.
 */

/** Shorter words are one letter away from too many others. */
const CORRECTED_MIN = 3;

/** Longer ones are not typed by hand. It bounds the rows of `search_typos`, one a letter. */
const CORRECTED_MAX = 24;

/** Words looked for in place of one that nobody has. */
const CORRECTIONS_MAX = 4;

/** All words of a skill in one statement each: some hundred small ones would take longer than the rest of a publish. */
export function addWords(sql: Statements, added: string[]): void {
  const words = JSON.stringify(added);
  sql.run(
    `insert into search_words (word, skills) select value, 1 from json_each($words) where true
      on conflict (word) do update set skills = skills + 1`,
    { words },
  );
  const fresh = wordsOf(sql, `skills = 1`, words);
  sql.run(
    `insert or ignore into search_typos (shortened, word) select value ->> 0, value ->> 1 from json_each($pairs)`,
    { pairs: pairsOf(fresh) },
  );
}

export function removeWords(sql: Statements, removed: string[]): void {
  const words = JSON.stringify(removed);
  sql.run(`update search_words set skills = skills - 1 where word in (select value from json_each($words))`, {
    words,
  });
  const gone = wordsOf(sql, `skills = 0`, words);
  sql.run(
    `delete from search_typos where (shortened, word) in (
      select value ->> 0, value ->> 1 from json_each($pairs)
    )`,
    { pairs: pairsOf(gone) },
  );
  sql.run(`delete from search_words where skills = 0 and word in (select value from json_each($words))`, {
    words,
  });
}

function wordsOf(sql: Statements, condition: string, words: string): string[] {
  return sql
    .all<{ word: string }>(
      `select word from json_each($words) cross join search_words on word = value where ${condition}`,
      { words },
    )
    .map(({ word }) => word);
}

function pairsOf(words: string[]): string {
  return JSON.stringify(words.flatMap((word) => keysOf(word).map((shortened) => [shortened, word])));
}

export function isKnown(sql: Statements, word: string): boolean {
  return sql.get(`select 1 from search_words where word = $word`, { word }) !== undefined;
}

/** Most frequent words that begin so; the word itself is not among them. */
export function completions(sql: Statements, beginning: string, limit: number): string[] {
  return sql
    .all<{ word: string }>(
      `select word from search_words where word > $beginning and word < $end
        order by skills desc, word limit $limit`,
      { beginning, end: `${beginning}\u{10ffff}`, limit },
    )
    .map(({ word }) => word);
}

/**
 * Words one letter away: one more, one less, another one, or two of them the other way round; or words whose stem is so far
 * from the stem of what was typed. Most frequent first.
 */
export function corrections(sql: Statements, typed: string): string[] {
  const keys = keysOf(typed);
  if (keys.length === 0) return [];
  return sql
    .all<{ word: string }>(
      `select word from search_words where word in (
          select word from search_typos where shortened in (select value from json_each($keys))
        ) order by substr(word, 1, 1) = substr($typed, 1, 1) desc, skills desc, word`,
      { typed, keys: JSON.stringify(keys) },
    )
    .map(({ word }) => word)
    .filter((word) => isOneTypoAway(typed, word) || isOneTypoAway(stem(typed), stem(word)))
    .slice(0, CORRECTIONS_MAX);
}

/**
 * The word, its stem, and both without each of their letters: two words with one typo between them share one of these.
 * None for words that are not corrected.
 */
function keysOf(word: string): string[] {
  const letters = Array.from(word);
  if (letters.length < CORRECTED_MIN || letters.length > CORRECTED_MAX) return [];
  return [...new Set([letters, Array.from(stem(word))].flatMap(shortened))];
}

function shortened(letters: string[]): string[] {
  return [letters, ...letters.map((_, at) => letters.toSpliced(at, 1))].map((left) => left.join(""));
}

function isOneTypoAway(typed: string, word: string): boolean {
  const [a, b] = [Array.from(typed), Array.from(word)];
  if (Math.min(a.length, b.length) < CORRECTED_MIN) return false;
  const start = a.findIndex((letter, index) => letter !== b[index]);
  if (start === -1) return b.length - a.length <= 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const tail = (letters: string[], from: number): string => letters.slice(from).join("");
  if (restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && tail(restA, 2) === tail(restB, 2))
    return true;
  // In three letters every other letter makes another word.
  if (a.length === b.length) return a.length > CORRECTED_MIN && tail(restA, 1) === tail(restB, 1);
  return a.length > b.length ? tail(restA, 1) === tail(restB, 0) : tail(restA, 0) === tail(restB, 1);
}
