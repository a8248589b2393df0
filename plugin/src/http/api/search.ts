import {
  SEARCH_PAGE_MAX,
  SEARCH_SORTS,
  type SearchAnswer,
  searchAnswer,
  type SearchHitAnswer,
} from "@skills-registry/schema";
import { z } from "zod";
import { highlight, pageSnippets, withCorrections } from "../../registry/search/highlight.ts";
import { type ParsedQuery, parseQuery } from "../../registry/search/query.ts";
import { searchSkills } from "../../registry/search/search.ts";
import type { SearchHit } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { cursorAfter, readCursor } from "./cursor.ts";
import { document } from "./document.ts";
import { hitFacts } from "./hit-facts.ts";
import { nextLink } from "./next-link.ts";
import { documentOf, operation } from "./operation.ts";
import { flag, wholeNumber } from "./query.ts";

const LIMIT_DEFAULT = 20;

const query = z.strictObject({
  q: z
    .string()
    .default("")
    .describe(
      'Words, `"phrases"`, `-exclusions`, and qualifiers: `namespace:`, `keyword:`, `agent:`, `license:`, `author:`, `has:scripts`, `is:deprecated`, `updated:>2026-01-01`. Empty for all skills.',
    ),
  sort: z.enum(SEARCH_SORTS).default("relevance").describe("Order of the hits."),
  limit: wholeNumber({ min: 1, max: SEARCH_PAGE_MAX }).default(LIMIT_DEFAULT).describe("Hits per page."),
  cursor: z.string().optional().describe("`next` of the page before."),
  facets: flag().default(false).describe("Count the values of all matches, too."),
  explain: flag().default(false).describe("Say why each hit stands where it stands."),
});
type Query = z.infer<typeof query>;

export const searchOperation = operation({
  id: "searchSkills",
  method: "GET",
  path: "/api/skills",
  summary: "Search: the same hits in the same order as on the pages, in npm search and in skills search.",
  needs: "public",
  query,
  answers: [documentOf(searchAnswer, "One page of hits. A Link header with rel=next names the next one.")],
  handle: searchPage,
});

async function searchPage(services: Services, request: Request, wish: Query): Promise<Answer> {
  const { q, sort, limit, facets, explain } = wish;
  const question = [q, sort];
  const from = readCursor(question, wish.cursor);
  const page = await searchSkills(services.parts, request.caller, {
    text: q,
    sort,
    from,
    size: limit,
    facets,
    bodies: true,
  });
  const parsed = withCorrections(parseQuery(q), page.corrections);
  const snippetOf = pageSnippets(parsed);
  const next = cursorAfter(question, { from, shown: page.hits.length, total: page.total });
  const answer: SearchAnswer = {
    total: page.total,
    hits: page.hits.map((hit) => toHit(hit, { parsed, snippetOf, explain })),
    ...(page.facets === null ? {} : { facets: page.facets }),
    corrections: page.corrections,
    relaxed: page.relaxed,
    next,
  };
  return document(answer, nextLink(request, next));
}

interface HitView {
  parsed: ParsedQuery;
  snippetOf: ReturnType<typeof pageSnippets>;
  explain: boolean;
}

function toHit(hit: SearchHit, { parsed, snippetOf, explain }: HitView): SearchHitAnswer {
  return {
    ...hitFacts(hit),
    score: hit.score,
    highlights: {
      name: highlight(hit.name, parsed),
      description: highlight(hit.description, parsed),
      snippet: hit.body === null ? null : snippetOf(hit.body),
    },
    ...(explain ? { reason: hit.reason } : {}),
  };
}
