import { isNamespace, SkillsError } from "@skills-registry/schema";
import { parseQuery } from "../../registry/search/query.ts";
import { QUERY_MAX, searchSkills } from "../../registry/search/search.ts";
import type { SearchPage } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { chips } from "./components.ts";
import { date, plural } from "./format.ts";
import { hitList } from "./hits.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { searchUrl } from "./urls.ts";

/** Skills on the page; the search has the rest. */
const LISTED = 50;

/** `GET /skills/:namespace`: whose it is, and its skills. Throws ENOTFOUND when there is no such account. */
export async function namespacePage(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const namespace = (request.params["namespace"] ?? "").replace(/^@/, "");
  const owner = isNamespace(namespace) ? await parts.metadata.account(namespace) : undefined;
  if (owner === undefined) throw new SkillsError("ENOTFOUND", "there is no such namespace");
  const found = await searchSkills(parts, request.caller, {
    text: `namespace:"${namespace}"`,
    sort: "downloads",
    from: 0,
    size: LISTED,
    facets: true,
    bodies: false,
  });
  return page(request, {
    title: `@${namespace}`,
    description: `Skills of @${namespace}`,
    body: html`<header>
        <h1>@${namespace}</h1>
        <ul class="facts head-facts">
          <li>${plural(found.total, "skill")}</li>
          <li>member ${owner.name}, since ${date(owner.createdAt)}</li>
          ${sums(found)}
        </ul>
      </header>
      ${skills(found, { namespace, now: parts.now() })}`,
  });
}

/** Only where the page shows them all: sums of a part would be wrong. */
function sums({ total, hits }: SearchPage): Html | null {
  if (hits.length < total) return null;
  const sum = (count: (hit: (typeof hits)[number]) => number): number =>
    hits.reduce((all, hit) => all + count(hit), 0);
  return html`<li>
      ${plural(
        sum((hit) => hit.downloads),
        "download",
      )}
      in the last 30 days
    </li>
    <li>
      ${plural(
        sum((hit) => hit.likes),
        "like",
      )}
    </li>`;
}

function skills(found: SearchPage, { namespace, now }: { namespace: string; now: Date }): Html {
  if (found.total === 0) {
    return html`<div class="empty">
      <h2>No skills yet</h2>
      <p>@${namespace} has not published anything that you may see.</p>
    </div>`;
  }
  const keywords = found.facets?.keyword ?? [];
  return html`<search>
      <form class="namespace-search" action="/search" method="get">
        <input type="hidden" name="namespace" value="${namespace}" />
        <label class="visually-hidden" for="in-namespace">Search in @${namespace}</label>
        <input
          class="input"
          id="in-namespace"
          name="q"
          type="search"
          placeholder="Search in @${namespace}"
          maxlength="${QUERY_MAX}"
        />
        <button class="button" type="submit">Search</button>
      </form>
    </search>
    ${
      keywords.length === 0
        ? null
        : html`<nav class="popular" aria-label="Keywords">
            ${chips(keywords.map(({ value }) => ({ text: value, href: searchUrl({ namespace, keyword: value }) })))}
          </nav>`
    }
    <section aria-label="Skills of @${namespace}">
      ${hitList(found.hits, { query: parseQuery(""), now })}
    </section>
    ${
      found.hits.length < found.total
        ? html`<p class="pager">
            <a class="button" href="${searchUrl({ namespace, sort: "downloads", page: "1" })}"
              >All ${plural(found.total, "skill")}</a
            >
          </p>`
        : null
    }`;
}
