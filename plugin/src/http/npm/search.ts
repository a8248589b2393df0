import { SkillsError } from "@skills-registry/schema";
import type { SearchHit } from "../../store/metadata.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

/** npm's own bounds for a page. */
const SIZE_DEFAULT = 20;
const SIZE_MAX = 250;
const FROM_MAX = 10_000;
/** Characters; longer queries are pasted by accident. */
const TEXT_MAX = 512;

/** `GET /-/v1/search`: npm search. */
export async function search(services: Services, request: Request): Promise<Answer> {
  const text = single(request.query, "text") ?? "";
  if (text.length > TEXT_MAX)
    throw new SkillsError("EBADREQUEST", `"text" has more than ${TEXT_MAX} characters`);
  const page = await services.parts.metadata.search({
    text,
    size: count(request.query, "size", SIZE_MAX) ?? SIZE_DEFAULT,
    from: count(request.query, "from", FROM_MAX) ?? 0,
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
      links: { npm: `${baseUrl}/${hit.name}` },
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
