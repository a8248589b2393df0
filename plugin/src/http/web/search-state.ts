import { SEARCH_SORTS, SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { SearchSort } from "../../store/search.ts";
import { searchUrl } from "./urls.ts";

/** Hits on a page. */
export const PAGE_SIZE = 20;
/** Nobody turns more pages, and far ones cost the most. */
const PAGES_MAX = 200;

/** Filters that are links beside the results, as qualifiers of a query. */
export const FILTERS = ["namespace", "keyword", "agent", "license", "author", "has", "is"] as const;
export type FilterName = (typeof FILTERS)[number];

/** A search page as its address says it. */
export interface SearchState {
  q: string;
  filters: { name: FilterName; value: string }[];
  sort: SearchSort;
  /** From 1. */
  page: number;
  explain: boolean;
}

const single = z.object({
  q: z.string().default(""),
  sort: z.enum(SEARCH_SORTS).default("relevance"),
  page: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .refine((page) => page >= 1 && page <= PAGES_MAX)
    .default(1),
  explain: z.enum(["0", "1"]).default("0"),
});

/** Parameters of other origin, as links from newsletters have, are left alone. Throws EBADREQUEST. */
export function parseSearchState(query: URLSearchParams): SearchState {
  const given = Object.keys(single.shape).map((key): [string, string | undefined] => {
    const values = query.getAll(key);
    if (values.length > 1) throw new SkillsError("EBADREQUEST", `"${key}" is given more than once`);
    return [key, values[0]];
  });
  const parsed = single.safeParse(Object.fromEntries(given.filter(([, value]) => (value ?? "") !== "")));
  if (!parsed.success) {
    const key = String(parsed.error.issues[0]?.path[0] ?? "");
    throw new SkillsError("EBADREQUEST", `"${key}" is not a value that a search takes`);
  }
  const filters = FILTERS.flatMap((name) =>
    [...new Set(query.getAll(name))].map((value) => ({ name, value })),
  );
  return {
    ...parsed.data,
    explain: parsed.data.explain === "1",
    filters: filters.filter(({ value }) => value !== ""),
  };
}

/**
 * The query as every other door takes it. Filters stand first: the last word of what was typed is the one that may be
 * unfinished.
 */
export function queryText({ q, filters }: SearchState): string {
  return [...filters.map(({ name, value }) => `${name}:"${value.replaceAll('"', "")}"`), q].join(" ").trim();
}

/** Address of the page that a link leads to; it is the first one unless it says otherwise. */
export function stateUrl(state: SearchState, change: Partial<SearchState> = {}): string {
  const next = { ...state, page: 1, ...change };
  return searchUrl([
    ...(next.q === "" ? [] : [["q", next.q]]),
    ...next.filters.map(({ name, value }) => [name, value]),
    ...(next.sort === "relevance" ? [] : [["sort", next.sort]]),
    ...(next.page === 1 ? [] : [["page", String(next.page)]]),
    ...(next.explain ? [["explain", "1"]] : []),
  ]);
}

export function hasFilter({ filters }: SearchState, name: FilterName, value: string): boolean {
  return filters.some((filter) => filter.name === name && sameValue(filter.value, value));
}

/** Sets the filter, or takes it away where it is set. */
export function toggledUrl(state: SearchState, name: FilterName, value: string): string {
  const others = state.filters.filter((filter) => !(filter.name === name && sameValue(filter.value, value)));
  const isSet = others.length < state.filters.length;
  return stateUrl(state, { filters: isSet ? others : [...others, { name, value }] });
}

/** Values are compared without case when searching, too. */
function sameValue(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
