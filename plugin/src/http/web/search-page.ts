import { QUERY_MAX, searchSkills } from "../../registry/search/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { htmlAnswer, page } from "./layout.ts";
import { queryHelp, SEARCH_FORM, searchResults } from "./search-results.ts";
import { PAGE_SIZE, parseSearchState, queryText, type SearchState } from "./search-state.ts";

/** `GET /search`; with `part=results` only what changes while somebody types. */
export async function searchPage(services: Services, request: Request): Promise<Answer> {
  const state = parseSearchState(request.query);
  const { parts } = services;
  const found = await searchSkills(parts, request.caller, {
    text: queryText(state),
    sort: state.sort,
    from: (state.page - 1) * PAGE_SIZE,
    size: PAGE_SIZE,
    facets: true,
    bodies: true,
  });
  const results = searchResults(found, state, parts.now());
  if (request.query.get("part") === "results") return htmlAnswer(request, 200, results);
  return page(request, {
    title: state.q === "" ? "Search" : `${state.q} – search`,
    ownSearch: true,
    body: html`<div class="search-page">
      <h1 class="visually-hidden">Search skills</h1>
      ${searchForm(state)}
      <div id="results">${results}</div>
    </div>`,
  });
}

function searchForm({ q }: SearchState): Html {
  return html`<search>
    <form class="big-search" id="${SEARCH_FORM}" action="/search" method="get" data-live>
      ${searchBox(q)}
      <button class="button button-primary" type="submit">Search</button>
    </form>
    <details class="query-help help">
      <summary>Search tips</summary>
      ${queryHelp()}
    </details>
  </search>`;
}

/** The large search field of home and results. */
export function searchBox(q: string): Html {
  return html`<div class="box">
    <label class="visually-hidden" for="q">Search skills</label>
    ${icon("search")}
    <input
      id="q"
      name="q"
      type="search"
      value="${q}"
      placeholder="What should your agent learn?"
      maxlength="${QUERY_MAX}"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
    />
    <kbd aria-hidden="true" hidden>/</kbd>
  </div>`;
}
