import { mayAdminister } from "../../registry/authorize.ts";
import { type NamespaceMember, requireNamespace, visibleMembers } from "../../registry/namespace-card.ts";
import { parseQuery } from "../../registry/search/query.ts";
import { QUERY_MAX, searchSkills } from "../../registry/search/search.ts";
import type { SearchPage } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import { movedNamespace } from "../moved-namespace.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { badge, chips } from "./components.ts";
import { date, plural } from "./format.ts";
import { hitList } from "./hits.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { originLink } from "./origin.ts";
import { namespaceSettingsUrl, namespaceUrl, searchUrl } from "./urls.ts";

/** Skills on the page; the search has the rest. */
const LISTED = 50;

/** `GET /skills/:namespace`: whose it is, and its skills; under an old name it leads to the new one. Throws ENOTFOUND. */
export async function namespacePage(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const wanted = (request.params["namespace"] ?? "").replace(/^@/, "");
  const moved = await movedNamespace(services, wanted, namespaceUrl);
  if (moved !== undefined) return moved;
  const { name: namespace, kind, createdAt } = await requireNamespace(parts, wanted);
  const members = await visibleMembers(parts, request.caller, { name: namespace, kind });
  const governs = await mayAdminister(parts, request.caller, { namespace, package: null });
  const mirror = await parts.metadata.mirror(namespace);
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
        <div class="skill-head">
          <h1>@${namespace}</h1>
          ${governs ? html`<div><a class="button" href="${namespaceSettingsUrl(namespace)}">Settings</a></div>` : null}
        </div>
        <ul class="facts head-facts">
          <li>${plural(found.total, "skill")}</li>
          <li>${kind === "org" ? "an org" : "a personal namespace"}, since ${date(createdAt)}</li>
          ${mirror === undefined ? null : html`<li>mirrored from ${originLink(mirror.url, namespaceUrl(namespace))}</li>`}
          ${sums(found)}
        </ul>
        ${kind === "org" ? people(members) : null}
      </header>
      ${skills(found, { namespace, now: parts.now() })}`,
  });
}

/** Of an org, for those who belong to it: for others the list is empty. */
function people(members: NamespaceMember[]): Html | null {
  if (members.length === 0) return null;
  return html`<ul class="facts" aria-label="People">
    ${members.map(
      ({ name, role }) => html`<li><a href="${namespaceUrl(name)}">${name}</a> ${badge(role)}</li>`,
    )}
  </ul>`;
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
      <p>@${namespace} has published nothing that you may see.</p>
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
