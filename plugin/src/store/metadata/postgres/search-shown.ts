import type { SearchDocument, SearchHit } from "../../search.ts";
import { type Ranked, standing } from "../search-ranking.ts";

/** What a hit shows beside what it is found and ordered by. */
type Shown = Pick<SearchDocument, "description" | "keywords" | "license" | "publisher" | "agents">;

export function toShown({ description, keywords, license, publisher, agents }: SearchDocument): string {
  return JSON.stringify({ description, keywords, license, publisher, agents } satisfies Shown);
}

/** A row of a page. */
export interface HitRow extends Omit<Ranked, "id"> {
  name: string;
  namespace: string;
  version: string;
  shown: string;
  published_at: string;
  deprecated: boolean;
  restricted: boolean;
  has_scripts: boolean;
  downloads: number;
  likes: number;
  body: string | null;
}

/** `best` is the standing that has the score 1; null where all have it. */
export function toHit(row: HitRow, best: number | null): SearchHit {
  const { level, text, popularity, freshness } = row;
  return {
    ...shownOf(row.shown),
    name: row.name,
    namespace: row.namespace,
    version: row.version,
    hasScripts: row.has_scripts,
    publishedAt: row.published_at,
    deprecated: row.deprecated,
    restricted: row.restricted,
    score: best === null ? 1 : standing(row) / best,
    reason: { level, text, popularity, freshness },
    likes: row.likes,
    downloads: row.downloads,
    body: row.body,
  };
}

function shownOf(json: string): Shown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `toShown` wrote it
  return JSON.parse(json) as Shown;
}
