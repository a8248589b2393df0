import type { Pool } from "pg";
import { type Turns, turns } from "../../../registry/turns.ts";
import type { SearchPage, SearchQuery } from "../../search.ts";
import { tooManySearches } from "../too-many-searches.ts";
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

/**
 * Milliseconds for one statement of a search. Anybody may ask for thirty phrases of common words, and nobody waits longer for a page;
 * what decides something has the time of the configuration.
 */
const STATEMENT_MS = 5_000;

/** Searches that wait for a connection. More would be answered when nobody waits any more. */
const WAITING_MAX = 50;

export interface Searcher {
  /** Searches over a connection of its own, and over another one when that is lost. */
  patiently(query: SearchQuery): Promise<SearchPage>;
  /** The same, where another server can be asked when this one is lost. */
  once(query: SearchQuery): Promise<SearchPage>;
  /** Searches that are being done, and those that wait. */
  load: Turns["load"];
}

/**
 * Searches over a pool; they get at most half of its connections, so that publishes and reads never wait for those who search. Throws
 * ESTORAGE for what takes too long, ETOOMANY while too many wait.
 */
export function searcherOver(pool: Pool, statementSeconds: number): Searcher {
  const inTurn = turns(Math.max(1, Math.floor(pool.options.max / 2)));
  const statementMs = Math.min(STATEMENT_MS, statementSeconds * 1_000);
  const once = async (query: SearchQuery): Promise<SearchPage> => {
    if (inTurn.load().waiting >= WAITING_MAX) throw tooManySearches();
    return await inTurn(async () => await searchOnce(pool, query, statementMs));
  };
  return {
    once,
    load: inTurn.load,
    patiently: async (query) => await patiently(async () => await once(query)),
  };
}

async function searchOnce(pool: Pool, query: SearchQuery, statementMs: number): Promise<SearchPage> {
  return await withLink(pool, async (link) => {
    const begin = `${BEGIN}; set local statement_timeout = ${statementMs}`;
    const begun = link.run(asksTerms(query) ? `${begin}; ${BY_INDEX}` : begin);
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
