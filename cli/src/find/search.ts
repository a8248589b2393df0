import type { FacetsAnswer, SearchAnswer, SearchHitAnswer } from "@skills-registry/schema";
import { searchSkills, type SearchWish } from "../registry/api.ts";
import type { Context } from "../context.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { search, type NpmSearchAnswer } from "../registry/registry.ts";

/** A hit as `--json` prints it; what only our own registry knows is null for others. */
type FoundSkill =
  | SearchHitAnswer
  | (Pick<SearchHitAnswer, "name" | "version" | "description" | "deprecated"> & {
      likes: null;
      downloads: null;
      highlights: Pick<SearchHitAnswer["highlights"], "name" | "description" | "snippet">;
    });

/** What was found: the document of `skills search --json`. */
export interface Found extends Pick<SearchAnswer, "total" | "corrections" | "relaxed"> {
  hits: FoundSkill[];
  facets: FacetsAnswer | null;
}

/** Asks the REST API, or npm's search where the registry has no other. */
export async function findSkills(context: Context, wish: SearchWish, options: NpmOptions): Promise<Found> {
  const answer = await searchSkills(wish, options);
  if (answer !== undefined) {
    const { total, hits, corrections, relaxed, facets = null } = answer;
    return { total, hits, corrections, relaxed, facets };
  }
  if (wish.facets || wish.explain || wish.sort !== "relevance")
    context.note(`${options.registry} has npm's search only: no --sort, --facets or --explain`);
  return fromNpm(await search({ text: wish.text, size: wish.limit }, options));
}

function fromNpm({ total, objects }: NpmSearchAnswer): Found {
  const hits = objects.map(({ package: { name, version, description }, flags }) => ({
    name,
    version,
    description,
    deprecated: flags.deprecated,
    likes: null,
    downloads: null,
    highlights: { name: unmarked(name), description: unmarked(description), snippet: null },
  }));
  return { total, hits, corrections: [], relaxed: false, facets: null };
}

function unmarked(text: string): { text: string; marks: [] } {
  return { text, marks: [] };
}
