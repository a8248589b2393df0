import { SkillsError } from "@skills-registry/schema";
import { searchSkills } from "../../registry/search/search.ts";
import type { SearchHit } from "../../store/search.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { skillUrl } from "../web/urls.ts";

/** npm's own bounds for a page. */
const SIZE_DEFAULT = 20;
const SIZE_MAX = 250;
const FROM_MAX = 10_000;

/** `GET /-/v1/search`: npm search. */
export async function search(services: Services, request: Request): Promise<Answer> {
  const page = await searchSkills(services.parts, request.caller, {
    text: single(request.query, "text") ?? "",
    size: count(request.query, "size", SIZE_MAX) ?? SIZE_DEFAULT,
    from: count(request.query, "from", FROM_MAX) ?? 0,
    sort: "relevance",
    facets: false,
    bodies: false,
  });
  return json(200, {
    objects: page.hits.map((hit) => searchObject(hit, request.baseUrl)),
    total: page.total,
    time: services.parts.now().toUTCString(),
  });
}

/** npm fails without `maintainers`, prints "prehistoric" without `date`, and another registry's address without `links.npm`. */
function searchObject(hit: SearchHit, baseUrl: string): unknown {
  const publisher = { username: hit.publisher, email: "" };
  return {
    package: {
      name: hit.name,
      scope: hit.namespace,
      version: hit.version,
      description: hit.description,
      keywords: hit.keywords,
      license: hit.license,
      date: hit.publishedAt,
      publisher,
      maintainers: [{ username: hit.namespace, email: "" }],
      links: { npm: baseUrl + skillUrl(hit.name) },
    },
    score: { final: hit.score, detail: { quality: 0, popularity: 0, maintenance: 0 } },
    searchScore: hit.score,
    ...(hit.deprecated ? { flags: { deprecated: true } } : {}),
  };
}

function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw new SkillsError("EBADREQUEST", `"${name}" is given more than once`);
  return values[0];
}

function count(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = single(query, name);
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SkillsError("EBADREQUEST", `"${name}" is not a whole number`);
  return Math.min(Number(text), max);
}
