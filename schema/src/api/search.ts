import { z } from "zod";

/** Text with the places that the query matched. */
export const markedSchema = z.object({
  text: z.string(),
  marks: z
    .array(z.tuple([z.number().int().min(0), z.number().int().min(0)]))
    .describe("Start and end of each match, in UTF-16 code units of `text`."),
});
export type MarkedText = z.infer<typeof markedSchema>;

/** Hits that one page may have. */
export const SEARCH_PAGE_MAX = 100;

export const SEARCH_SORTS = ["relevance", "updated", "downloads", "likes", "name"] as const;

/** Words for `reason.level`, from 0. */
export const SEARCH_LEVELS = [
  "deprecated",
  "some words only in the text",
  "all words in name, keywords, description or headings",
  "asked for by name, but deprecated",
  "asked for by name",
] as const;

const count = z.number().int().min(0);

/** One skill that was found: its `latest` version. */
export const searchHitSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  version: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  license: z.string().nullable(),
  publisher: z.string(),
  agents: z.array(z.string()).describe("Agents that its `compatibility` names."),
  hasScripts: z.boolean(),
  deprecated: z.boolean(),
  restricted: z.boolean().describe("Only readers of its namespace find it."),
  publishedAt: z.iso.datetime(),
  likes: count,
  downloads: count.describe("Of the last 30 days."),
  score: z.number().min(0).max(1).describe("1 for the best hit of the query."),
  highlights: z.object({
    name: markedSchema,
    description: markedSchema,
    snippet: markedSchema.nullable().describe("From SKILL.md, where it matched."),
  }),
  reason: z
    .object({
      level: count.describe(SEARCH_LEVELS.map((meaning, level) => `${level}: ${meaning}`).join("; ")),
      text: z.number(),
      popularity: z.number(),
      freshness: z.number(),
    })
    .exactOptional()
    .describe("Why it stands where it stands, with `explain=true`."),
});
export type SearchHitAnswer = z.infer<typeof searchHitSchema>;

const facet = z.array(z.object({ value: z.string(), count }));

/** How many of all matches have each value, most frequent first. */
export const facetsSchema = z.object({
  namespace: facet,
  keyword: facet,
  agent: facet,
  license: facet,
  author: facet,
  hasScripts: count,
  deprecated: count,
});
export type FacetsAnswer = z.infer<typeof facetsSchema>;

/** `GET /api/skills` */
export const searchAnswer = z.object({
  total: count.describe("All matches, not those of this page."),
  hits: z.array(searchHitSchema),
  facets: facetsSchema.exactOptional().describe("With `facets=true`."),
  corrections: z
    .array(z.object({ word: z.string(), corrected: z.array(z.string()) }))
    .describe("Words that no skill has, and those looked for in their place."),
  relaxed: z.boolean().describe("No skill has all the words: these have some of them."),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;
