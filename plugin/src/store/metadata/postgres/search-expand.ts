import type { Kysely } from "kysely";
import type { Correction, SearchQuery } from "../../search.ts";
import type { Database } from "../schema.ts";
import { BODY_BEGINNING_MIN, withoutSuffix } from "../search-ranking.ts";
import { correctionsAmong } from "../search-typos.ts";
import { lookNearby, lookUp, type OfferedWord } from "./search-lookup.ts";
import { allOf, anyOf, anyWord, beginningWith, type Expression, phrase } from "./search-terms.ts";

/** One word or phrase of the query. */
export interface Term {
  /** Everything that the term may stand for. */
  all: Expression;
  /** What was typed itself, the same as `all` where it stands for nothing else; undefined when nothing has it. */
  exact: Expression | undefined;
  /** False for a term that nothing has, however it is read. */
  found: boolean;
  /** Skills that have it, of those that the caller may find: as many as there are at least, up to COUNTED_MAX. */
  skills: number;
}

export interface Expanded {
  terms: Term[];
  corrections: Correction[];
}

type Db = Kysely<Database>;

/** What the words and phrases of a query stand for in this index. */
export async function expand(db: Db, query: SearchQuery): Promise<Expanded> {
  const { words, phrases, readable } = query;
  if (words.length + phrases.length === 0) return { terms: [], corrections: [] };
  const beginning = query.prefix ? (words.at(-1) ?? null) : null;
  const joined = words.slice(1).map((word, at) => `${words[at]}${word}`);
  const expressions = [...words.map((word) => anyWord([word])), ...phrases.map(phrase)];
  const found = await lookUp(db, { expressions, beginning, joined, readable });
  const terms = expressions.map((expression, at) => termOf(expression, found.counts[at] ?? 0));
  const [typed, phrased] = [terms.slice(0, words.length), terms.slice(words.length)];
  if (beginning !== null) complete(typed, words, found.completions);
  const unknown = words.filter((_, at) => typed[at]?.found === false);
  const corrections = unknown.length === 0 ? [] : await correct(db, typed, { words, beginning, readable });
  return { terms: [...withCompounds(words, typed, found.known), ...phrased], corrections };
}

function termOf(expression: Expression, skills: number): Term {
  const found = skills > 0;
  return { all: expression, exact: found ? expression : undefined, found, skills };
}

/** The last word stands for those that begin so, too. */
function complete(terms: Term[], words: string[], completions: OfferedWord[]): void {
  const [term, word] = [terms.at(-1), words.at(-1)];
  if (term === undefined || word === undefined || completions.length === 0) return;
  const all = anyWord([...(term.found ? [word] : []), ...completions.map((offered) => offered.word)]);
  const skills = term.found ? term.skills : skillsOf(completions);
  terms.splice(-1, 1, { ...term, all, found: true, skills });
}

function skillsOf(offered: OfferedWord[]): number {
  return offered.reduce((sum, { skills }) => sum + skills, 0);
}

interface Unknown {
  words: string[];
  beginning: string | null;
  readable: string[];
}

/** Puts words that some skill has in the place of those that none has, in `terms`. A beginning may stand in a text. */
async function correct(
  db: Db,
  terms: Term[],
  { words, beginning, readable }: Unknown,
): Promise<Correction[]> {
  const begun = terms.at(-1)?.found === false && beginning !== null ? textsOf(beginning) : [];
  const unknown = words.filter((_, at) => terms[at]?.found === false);
  const { counts, offered } = await lookNearby(db, { typed: unknown, expressions: begun, readable });
  const at = counts.findIndex((count) => count > 0);
  const inTexts = begun[at];
  if (inTexts !== undefined) {
    terms.splice(-1, 1, { all: inTexts, exact: undefined, found: true, skills: counts[at] ?? 0 });
  }
  return words.flatMap((word, index) => {
    if (terms[index]?.found !== false) return [];
    const others = correctionsAmong(word, offered.get(word) ?? []);
    if (others.length === 0) return [];
    const corrected = others.map((other) => other.word);
    terms[index] = { all: anyWord(corrected), exact: undefined, found: true, skills: skillsOf(others) };
    return [{ word, corrected }];
  });
}

/** Stems in texts that begin so, or else the longest one that this begins with. */
function textsOf(word: string): Expression[] {
  if (word.length < BODY_BEGINNING_MIN) return [];
  return [beginningWith(word), ...withoutSuffix(word).map((part) => anyWord([part]))];
}

/** "landing page" stands for "landingpage", too, where skills write it so. */
function withCompounds(words: string[], terms: Term[], known: string[]): Term[] {
  const joined: Term[] = [];
  for (let at = 0; at < terms.length; at += 1) {
    const [first, second] = terms.slice(at, at + 2);
    const compound = `${words[at]}${words[at + 1] ?? ""}`;
    if (first === undefined) break;
    if (second === undefined || !known.includes(compound)) {
      joined.push(first);
      continue;
    }
    joined.push(together(first, second, compound));
    at += 1;
  }
  return joined;
}

function together(first: Term, second: Term, compound: string): Term {
  const either = (one: Expression, other: Expression): Expression =>
    anyOf([allOf([one, other]), anyWord([compound])]);
  const exact =
    first.exact === undefined || second.exact === undefined ? undefined : either(first.exact, second.exact);
  const isSame = first.exact === first.all && second.exact === second.all;
  const all = isSame && exact !== undefined ? exact : either(first.all, second.all);
  return { all, exact, found: true, skills: Math.min(first.skills, second.skills) };
}
