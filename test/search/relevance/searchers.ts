import { DatabaseSync } from "node:sqlite";
import type { Caller } from "../../../plugin/src/registry/caller.ts";
import type { Parts } from "../../../plugin/src/registry/parts.ts";
import { searchSkills } from "../../../plugin/src/registry/search/search.ts";
import type { CorpusSkill } from "./corpus.ts";
import { CUTOFF } from "./metrics.ts";

/** Names of the first hits for a query, best first. */
export type Searcher = (query: string) => Promise<string[]>;

const ANYBODY: Caller = { account: null, token: null, operator: false, address: "127.0.0.1", local: false };

/** The one search of all doors. */
export function engine(parts: Parts): Searcher {
  return async (text) => {
    const wish = { text, sort: "relevance", from: 0, size: CUTOFF, facets: false, bodies: false } as const;
    const page = await searchSkills(parts, ANYBODY, wish);
    return page.hits.map(({ name }) => name);
  };
}

/**
 * What anybody would write in twenty lines: one FTS5 table over the same texts with its defaults, the words of the query
 * joined by OR or by AND, ordered by bm25.
 */
export function plainFts(skills: CorpusSkill[], join: "OR" | "AND"): Searcher {
  const db = new DatabaseSync(":memory:");
  db.exec("create virtual table skills using fts5 (name, description, body)");
  const insert = db.prepare("insert into skills values (?, ?, ?)");
  for (const { name, description, body } of skills) insert.run(name, description, body);
  const select = db.prepare("select name from skills where skills match ? order by rank limit ?");
  return async (query) => {
    const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
    const rows = select.all(words.map((word) => `"${word}"`).join(` ${join} `), CUTOFF);
    return rows.map((row) => String(row["name"]));
  };
}
