import { parseQuery } from "../../registry/search/query.ts";
import { searchSkills } from "../../registry/search/search.ts";
import type { SearchHit, SearchPage, SearchSort } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { chips, command } from "./components.ts";
import { plural } from "./format.ts";
import { hitList } from "./hits.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { searchBox } from "./search-page.ts";
import { namespaceUrl, searchUrl } from "./urls.ts";
import { welcome } from "./welcome.ts";

/** Skills in each of the two lists. */
const LISTED = 6;

/** `GET /`: a page for browsers, a greeting for everything else. */
export async function home(services: Services, request: Request): Promise<Answer> {
  if (!(request.headers.accept ?? "").includes("text/html")) return await welcome(services, request);
  const newest = await list(services, request, "updated");
  const most = await list(services, request, "downloads");
  return page(request, {
    title: "Home",
    description: "Find, share and install skills for agents.",
    ownSearch: true,
    body: html`${hero(newest)} ${newest.total === 0 ? firstSteps(request) : lists(services, { newest, most })}`,
  });
}

async function list(services: Services, request: Request, sort: SearchSort): Promise<SearchPage> {
  const wish = { text: "", sort, from: 0, size: LISTED, facets: sort === "updated", bodies: false };
  return await searchSkills(services.parts, request.caller, wish);
}

function hero({ total, facets }: SearchPage): Html {
  const keywords = (facets?.keyword ?? []).slice(0, 6);
  return html`<div class="hero">
    <h1>Teach your agent a new skill</h1>
    <p class="lead">
      ${
        total === 0
          ? "This registry is ready, and still empty."
          : html`${plural(total, "skill")} to search, read and install into Claude Code, Codex, Cursor and
            other agents.`
      }
    </p>
    <search>
      <form class="big-search" action="/search" method="get">
        ${searchBox("")}
        <button class="button button-primary" type="submit">Search</button>
      </form>
    </search>
    ${
      keywords.length === 0
        ? null
        : html`<nav class="popular" aria-label="Popular keywords">
            ${chips(keywords.map(({ value }) => ({ text: value, href: searchUrl({ keyword: value }) })))}
          </nav>`
    }
  </div>`;
}

function lists({ parts }: Services, { newest, most }: Record<"newest" | "most", SearchPage>): Html {
  const section = (title: string, sort: SearchSort, hits: SearchHit[]): Html =>
    html`<section aria-labelledby="${sort}">
      <div class="section-head">
        <h2 id="${sort}">${title}</h2>
        <a href="${searchUrl({ sort })}">See all<span class="visually-hidden"> by ${title}</span></a>
      </div>
      ${hitList(hits, { query: parseQuery(""), now: parts.now() })}
    </section>`;
  const namespaces = newest.facets?.namespace ?? [];
  return html`<div class="columns">
      ${section("Newest", "updated", newest.hits)} ${section("Most used", "downloads", most.hits)}
    </div>
    <section class="namespaces" aria-labelledby="namespaces">
      <div class="section-head"><h2 id="namespaces">Namespaces</h2></div>
      <ul class="tiles">
        ${namespaces.map(
          ({ value, count }) =>
            html`<li>
              <a href="${namespaceUrl(value)}"
                >@${value} <span class="muted">${plural(count, "skill")}</span></a
              >
            </li>`,
        )}
      </ul>
    </section>`;
}

function firstSteps({ baseUrl }: Request): Html {
  return html`<div class="steps">
    <section aria-labelledby="with-skills">
      <h2 id="with-skills">Publish the first skill</h2>
      <p>A skill is a folder with a SKILL.md in it. The account you register is your namespace.</p>
      ${command(`skills login --registry ${baseUrl}/`)}
      ${command(`skills publish ./my-skill --scope @your-name --registry ${baseUrl}/`)}
    </section>
    <section aria-labelledby="with-npm">
      <h2 id="with-npm">With npm alone</h2>
      <p>The folder needs a package.json whose name is @your-name/my-skill.</p>
      ${command(`npm login --registry=${baseUrl}/`)} ${command(`npm publish --registry=${baseUrl}/`)}
    </section>
  </div>`;
}
