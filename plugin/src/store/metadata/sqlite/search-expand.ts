import type { Correction, SearchQuery } from "../../search.ts";
import { BODY_BEGINNING_MIN, COMPLETIONS_MAX, withoutSuffix } from "../search-ranking.ts";
import { IS_READABLE, visible, type Visibility } from "./search-scope.ts";
import { anyOf, phrase } from "./search-terms.ts";
import { completions, corrections, isKnown } from "./search-vocabulary.ts";
import type { Statements } from "./statements.ts";

/** One word or phrase of the query as FTS5 expressions. */
export interface Term {
  /** Everything that the term may stand for. */
  all: string;
  /** What was typed itself; undefined when nothing has it. */
  exact: string | undefined;
  /** False for a term that nothing has, however it is read. */
  found: boolean;
}

export interface Expanded {
  terms: Term[];
  corrections: Correction[];
}

/** What the words and phrases of a query stand for in this index. */
export function expand(sql: Statements, query: SearchQuery, visibility: Visibility): Expanded {
  const expanding: Expanding = { sql, visibility, corrected: [] };
  const words = query.words.map((word, index) =>
    query.prefix && index === query.words.length - 1
      ? beginning(expanding, word)
      : wholeWord(expanding, word),
  );
  const phrases = query.phrases.map((text) => {
    const expression = phrase(text);
    return { all: expression, exact: expression, found: occurs(expanding, expression) };
  });
  return {
    terms: [...withCompounds(expanding, query.words, words), ...phrases],
    corrections: expanding.corrected,
  };
}

interface Expanding {
  sql: Statements;
  visibility: Visibility;
  corrected: Correction[];
}

/** "landing page" stands for "landingpage", too, where skills write it so. */
function withCompounds({ sql }: Expanding, words: string[], terms: Term[]): Term[] {
  const joined: Term[] = [];
  for (let at = 0; at < terms.length; at += 1) {
    const [first, second] = terms.slice(at, at + 2);
    const compound = `${words[at]}${words[at + 1] ?? ""}`;
    if (first === undefined) break;
    if (second === undefined || !isKnown(sql, compound)) {
      joined.push(first);
      continue;
    }
    const together = phrase([compound]);
    const either = (one: string, other: string): string => `((${one} AND ${other}) OR ${together})`;
    const [one, other] = [first.exact, second.exact];
    joined.push({
      all: either(first.all, second.all),
      exact: one === undefined || other === undefined ? undefined : either(one, other),
      found: true,
    });
    at += 1;
  }
  return joined;
}

function wholeWord(expanding: Expanding, word: string): Term {
  const exact = phrase([word]);
  if (occurs(expanding, exact)) return { all: exact, exact, found: true };
  return correctedTerm(expanding, word);
}

function beginning(expanding: Expanding, word: string): Term {
  const exact = phrase([word]);
  const completed = completions(expanding.sql, word, COMPLETIONS_MAX).map((found) => phrase([found]));
  const isWord = occurs(expanding, exact);
  const bodies =
    completed.length === 0 && !isWord && word.length >= BODY_BEGINNING_MIN ? bodyStems(expanding, word) : [];
  const all = [...new Set([...(isWord ? [exact] : []), ...completed, ...bodies])];
  if (all.length === 0) return correctedTerm(expanding, word);
  return { all: anyOf(all), exact: isWord ? exact : undefined, found: true };
}

/**
 * Stems in bodies that begin so, or else the longest one that this begins with. Only of skills that the caller may find: where a
 * beginning stands for a word, it is not corrected, and that would tell of the word.
 */
function bodyStems(expanding: Expanding, word: string): string[] {
  const { sql, visibility } = expanding;
  const begun = sql.all<{ term: string }>(
    `select term from search_text_terms where term >= $word and term <= $end
      ${visibility.everything ? "" : `and ${IS_TERM_READABLE}`} limit $limit`,
    { word, end: `${word}\u{10ffff}`, limit: COMPLETIONS_MAX, readable: visibility.readable },
  );
  if (begun.length > 0) return begun.map(({ term }) => `"${term}"`);
  const shorter = withoutSuffix(word);
  const known = shorter.find((part) => occurs(expanding, `"${part}"`));
  return known === undefined ? [] : [`"${known}"`];
}

const IS_TERM_READABLE = `exists (
  select 1 from search_text f cross join search_ranks r on r.package_id = f.rowid
  where search_text match '"' || term || '"' and ${IS_READABLE}
)`;

function correctedTerm({ sql, corrected }: Expanding, word: string): Term {
  const others = corrections(sql, word);
  if (others.length === 0) return { all: phrase([word]), exact: undefined, found: false };
  corrected.push({ word, corrected: others });
  const all = [...new Set(others.map((other) => phrase([other])))];
  return { all: anyOf(all), exact: undefined, found: true };
}

/** Whether a skill that the caller may find has it. */
function occurs({ sql, visibility }: Expanding, expression: string): boolean {
  const row = sql.get(
    `select 1 from search_text f ${visibility.everything ? "" : "cross join search_ranks r on r.package_id = f.rowid"}
      where search_text match $expression ${visible(visibility)} limit 1`,
    { expression, readable: visibility.readable },
  );
  return row !== undefined;
}
