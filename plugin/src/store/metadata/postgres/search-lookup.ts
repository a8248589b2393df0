import { type Kysely, sql } from "kysely";
import type { Database } from "../schema.ts";
import { COMPLETIONS_MAX, COUNTED_MAX } from "../search-ranking.ts";
import { typoKeys } from "../search-typos.ts";
import { isReadable } from "./search-scope.ts";
import type { Expression } from "./search-terms.ts";

/**
 * What the index knows of words, asked for all words of a query at once: each statement is a way to the server and back.
 * Skills are counted that the caller may find, up to COUNTED_MAX. Words are those of skills that everybody may find.
 */

type Db = Kysely<Database>;

/** A word and the number of skills that have it in their head. */
export interface OfferedWord {
  word: string;
  skills: number;
}

export interface Lookup {
  /** Of each expression, in its order. */
  counts: number[];
  completions: OfferedWord[];
  /** Those of `joined` that some head has. */
  known: string[];
}

interface Asked {
  expressions: Expression[];
  /** Most frequent words that begin so are asked for; null for none. */
  beginning: string | null;
  joined: string[];
  readable: string[];
}

export async function lookUp(db: Db, { expressions, beginning, joined, readable }: Asked): Promise<Lookup> {
  const { rows } = await sql<{ counts: number[]; words: string[]; skills: number[]; known: string[] }>`
    select ${countsOf(expressions, readable)} as counts,
      coalesce(completed.words, '{}') as words, coalesce(completed.skills, '{}') as skills,
      array(
        select distinct w.word from search_words w where w.word = any(${joined}::text[]) and w.skills > 0
      ) as known
    from (
      select array_agg(c.word order by c.skills desc, c.word) as words,
        array_agg(c.skills order by c.skills desc, c.word) as skills
      from (
        select w.word, sum(w.skills)::integer as skills from search_words w
        where w.word > ${beginning}::text and w.word < ${`${beginning}\u{10ffff}`}::text
        group by w.word having sum(w.skills) > 0 order by skills desc, w.word limit ${COMPLETIONS_MAX}
      ) c
    ) completed`.execute(db);
  const [row] = rows;
  if (row === undefined) return { counts: [], completions: [], known: [] };
  const completions = row.words.map((word, at) => ({ word, skills: row.skills[at] ?? 0 }));
  return { counts: row.counts, completions, known: row.known };
}

function countsOf(expressions: Expression[], readable: string[]) {
  return sql<number[]>`array(
    select (
      select count(*)::integer from (
        select 1 from search_documents r where r.terms @@ e.expression and ${isReadable(readable)} limit ${COUNTED_MAX}
      ) found
    ) from unnest(${expressions.map((expression) => expression(""))}::tsquery[]) with ordinality e (expression, at)
    order by e.at
  )`;
}

export interface Nearby {
  counts: number[];
  /** Words that share a key with one that was typed, in the order in which they are wanted. */
  offered: Map<string, OfferedWord[]>;
}

/** For words that nobody has. */
export async function lookNearby(
  db: Db,
  { typed, expressions, readable }: { typed: string[]; expressions: Expression[]; readable: string[] },
): Promise<Nearby> {
  const keys = typed.flatMap((word) => typoKeys(word).map((key) => ({ word, key })));
  const { rows } = await sql<{ counts: number[]; typed: string | null; word: string; skills: number }>`
    select ${countsOf(expressions, readable)} as counts, offered.*
    from (values (1)) one left join (
      select k.typed, w.word, sum(w.skills)::integer as skills
      from (
        select distinct asked.typed, t.word
        from unnest(${keys.map(({ word }) => word)}::text[], ${keys.map(({ key }) => key)}::text[]) asked (typed, shortened)
        join search_typos t on t.shortened = asked.shortened
      ) k join search_words w on w.word = k.word
      group by k.typed, w.word having sum(w.skills) > 0
      order by k.typed, left(w.word, 1) = left(k.typed, 1) desc, skills desc, w.word
    ) offered on true`.execute(db);
  const offered = new Map<string, OfferedWord[]>();
  for (const { typed: word, ...other } of rows) {
    if (word !== null) offered.set(word, [...(offered.get(word) ?? []), other]);
  }
  return { counts: rows[0]?.counts ?? [], offered };
}
