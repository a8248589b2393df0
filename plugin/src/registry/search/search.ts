import { SkillsError } from "@skills-registry/schema";
import type { SearchPage, SearchSort } from "../../store/search.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { readableNames } from "../readable.ts";
import { parseQuery } from "./query.ts";

/** A search as any door asks it: npm, REST, pages. The same wish gives the same hits in the same order everywhere. */
export interface SearchWish {
  /** What the user typed, qualifiers included. */
  text: string;
  sort: SearchSort;
  from: number;
  size: number;
  facets: boolean;
  /** Hits carry their text, for snippets. */
  bodies: boolean;
}

/** Characters of a query; longer ones are pasted by accident. */
export const QUERY_MAX = 512;

const MILLISECONDS = 1000;

/** Throws EBADREQUEST for a text that is too long or a qualifier that cannot be. */
export async function searchSkills(parts: Parts, caller: Caller, wish: SearchWish): Promise<SearchPage> {
  if (wish.text.length > QUERY_MAX) {
    throw new SkillsError("EBADREQUEST", `the query has more than ${QUERY_MAX} characters`);
  }
  const { text, ...page } = wish;
  const readable = await readableNames(parts, caller);
  const begun = performance.now();
  const found = await parts.metadata.search({ ...parseQuery(text), ...page, readable });
  parts.metrics.search((performance.now() - begun) / MILLISECONDS);
  return found;
}
