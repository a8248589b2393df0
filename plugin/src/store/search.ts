/** What search asks and answers, in the words of the domain; how it is found is the adapter's business. */

/** What search knows of a package: its `latest` version. */
export interface SearchDocument {
  name: string;
  namespace: string;
  version: string;
  description: string;
  /** Keywords of package.json and tags of the frontmatter, as written. */
  keywords: string[];
  license: string | null;
  publisher: string;
  /** Names that `author:` finds: the publisher and the author that package.json or SKILL.md names. */
  authors: string[];
  /** Ids of the agents that `compatibility` names, as in registry/search/agents.ts; empty when it names none. */
  agents: string[];
  hasScripts: boolean;
  publishedAt: string;
  deprecated: boolean;
  /** Only readers of the namespace find it, count it or get its words suggested. */
  restricted: boolean;
  /** Names of the skills it depends on. */
  dependencies: string[];
  /** Headings of every SKILL.md in the package. */
  headings: string[];
  /** Text of every SKILL.md in the package, without frontmatter. */
  body: string;
}

/** Fields that a qualifier compares as a whole; `namespace:` is the facet `namespaces`, and so on. */
export const FILTER_FIELDS = ["namespace", "keyword", "agent", "license", "author"] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

export interface SearchFilter {
  field: FilterField;
  /** Folded like the words of a text: `foldValue` in registry/search/words.ts. */
  value: string;
  /** `-keyword:draft`: none of these. */
  negated: boolean;
}

export type SearchSort = "relevance" | "updated" | "downloads" | "likes" | "name";

/** A parsed query. Words and phrases are folded by registry/search/words.ts, as the index is. */
export interface SearchQuery {
  /** Every word has to match: as it is, by its stem, or with one typo where no skill has it. Empty matches everything. */
  words: string[];
  /** The last word is still being typed: it matches the beginning of a word, too. */
  prefix: boolean;
  /** All words as typed, joined by hyphens, for skills of that very name; null when there are none. */
  name: string | null;
  /** Words that stand next to each other, in this order. */
  phrases: string[][];
  /** Words and phrases that must not occur. */
  excluded: string[][];
  /** Of filters for one field any has to match; each field has to. Negated ones all hold. */
  filters: SearchFilter[];
  /** `has:scripts`, `is:deprecated`; null asks nothing. */
  hasScripts: boolean | null;
  deprecated: boolean | null;
  /** ISO times, both exclusive of nothing: `publishedAt >= from`, `publishedAt < before`. */
  updated: { from: string | null; before: string | null };
  /** Namespaces (`acme`) and skills (`@acme/x`): what the caller may find of restricted skills. */
  readable: string[];
  sort: SearchSort;
  from: number;
  size: number;
  /** Facets are counted over all matches, which costs more than the page itself. */
  facets: boolean;
  /** Hits carry their text, for snippets. */
  bodies: boolean;
}

/** Why a hit stands where it stands: hits are in order of the sum of these, and `score` is in proportion to it. */
export interface SearchReason {
  /** SEARCH_LEVELS of the schema says what each means. */
  level: number;
  /** 0 to 1, how well the words fit. */
  text: number;
  /** 0 to POPULARITY_MAX. */
  popularity: number;
  /** 0 to FRESHNESS_MAX. */
  freshness: number;
}

/**
 * Characters that snippets are made from; the slowest texts take some 100 ms for as many. A hundred hits with whole texts,
 * of up to 4 MB each, would fill the memory.
 */
export const HIT_BODY_MAX = 64_000;

export interface SearchHit extends Omit<SearchDocument, "headings" | "body" | "dependencies" | "authors"> {
  /** 0 to 1, 1 for the best hit of the query. */
  score: number;
  reason: SearchReason;
  likes: number;
  /** Downloads of the last 30 days. */
  downloads: number;
  /** SKILL.md as published, its first HIT_BODY_MAX characters, when `bodies` was asked for. */
  body: string | null;
}

export interface FacetCount {
  value: string;
  count: number;
}

/** Most frequent first, ties by value, at most FACET_VALUES_MAX each. */
export type Facets = Record<FilterField, FacetCount[]> & {
  hasScripts: number;
  deprecated: number;
};

/** Values listed of one facet. */
export const FACET_VALUES_MAX = 20;

/** A word that no skill has, and the words that were looked for in its place. */
export interface Correction {
  word: string;
  corrected: string[];
}

export interface SearchPage {
  /** All matches, not those of this page. */
  total: number;
  hits: SearchHit[];
  facets: Facets | null;
  corrections: Correction[];
  /** No skill has all the words, or, of a sentence, in its head: these have some, those with more and rarer ones first. */
  relaxed: boolean;
}
