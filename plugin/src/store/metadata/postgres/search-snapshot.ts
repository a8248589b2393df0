import type { Pool } from "pg";
import type { SearchPage, SearchQuery } from "../../search.ts";
import { databaseOver, withLink } from "./dialect.ts";
import { patiently } from "./patience.ts";
import { searchPage } from "./search-page.ts";

/** All statements of a search see one state. */
const BEGIN = "begin isolation level repeatable read read only";

/**
 * One plan for every word: where PostgreSQL knows that a word is frequent, it thinks that reading all rows is cheaper than the index.
 * It does not know that their words are stored elsewhere, and would take a second.
 */
const BY_INDEX = "set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off";

/** Searches over a connection of its own. */
export async function searchOver(pool: Pool, query: SearchQuery): Promise<SearchPage> {
  return await patiently(async () => await searchOnce(pool, query));
}

/** The same, where another server can be asked when this one is lost. */
export async function searchOnce(pool: Pool, query: SearchQuery): Promise<SearchPage> {
  return await withLink(pool, async (link) => {
    const begun = link.run(asksTerms(query) ? `${BEGIN}; ${BY_INDEX}` : BEGIN);
    // Its failure is that of the first query, too.
    begun.catch(() => undefined);
    try {
      return await searchPage(databaseOver(link), query);
    } finally {
      await link.run("rollback");
    }
  });
}

function asksTerms({ words, phrases, excluded, filters }: SearchQuery): boolean {
  return [words, phrases, excluded, filters].some((asked) => asked.length > 0);
}
