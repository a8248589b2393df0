import { correctionsAmong, typoKeys } from "../search-typos.ts";
import type { Statements } from "./statements.ts";

/**
 * The words in the heads of skills that everybody may read, for completing and correcting what is typed.
 * Words of restricted skills are not in it: a correction must not tell them.
 */

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
  return JSON.stringify(words.flatMap((word) => typoKeys(word).map((shortened) => [shortened, word])));
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

/** Words that were meant by one that nobody has, the most frequent first; those that begin with the same letter before others. */
export function corrections(sql: Statements, typed: string): string[] {
  const keys = typoKeys(typed);
  if (keys.length === 0) return [];
  const offered = sql.all<{ word: string }>(
    `select word from search_words where word in (
        select word from search_typos where shortened in (select value from json_each($keys))
      ) order by substr(word, 1, 1) = substr($typed, 1, 1) desc, skills desc, word`,
    { typed, keys: JSON.stringify(keys) },
  );
  return correctionsAmong(typed, offered).map(({ word }) => word);
}
