import type { SearchHitAnswer } from "@skills-registry/schema";
import type { SearchHit } from "../../store/search.ts";

export type HitFacts = Omit<SearchHitAnswer, "score" | "highlights" | "reason">;

/** What is told of a skill in every list. */
export function hitFacts(hit: SearchHit): HitFacts {
  return {
    name: hit.name,
    namespace: hit.namespace,
    version: hit.version,
    description: hit.description,
    keywords: hit.keywords,
    license: hit.license,
    publisher: hit.publisher,
    agents: hit.agents,
    hasScripts: hit.hasScripts,
    deprecated: hit.deprecated,
    restricted: hit.restricted,
    publishedAt: hit.publishedAt,
    likes: hit.likes,
    downloads: hit.downloads,
  };
}
