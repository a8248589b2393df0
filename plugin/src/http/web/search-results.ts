import { withCorrections } from "../../registry/search/highlight.ts";
import { parseQuery } from "../../registry/search/query.ts";
import type { Correction, SearchPage } from "../../store/search.ts";
import { notice } from "./components.ts";
import { activeFilters, facetPanel } from "./facets.ts";
import { exact, plural } from "./format.ts";
import { hitList } from "./hits.ts";
import { type Html, html } from "./html.ts";
import { PAGE_SIZE, queryText, type SearchState, stateUrl } from "./search-state.ts";

/** Id of the form that filters and sort belong to, wherever they stand. */
export const SEARCH_FORM = "search";

const SORTS = [
  { value: "relevance", label: "Best match" },
  { value: "updated", label: "Newest" },
  { value: "downloads", label: "Most downloaded" },
  { value: "likes", label: "Most liked" },
  { value: "name", label: "Name" },
] as const;

/** The part of the search page that changes with every key; page.js asks for it alone. */
export function searchResults(found: SearchPage, state: SearchState, now: Date): Html {
  const query = withCorrections(parseQuery(queryText(state)), found.corrections);
  return html`<div class="results">
    ${hiddenFields(state)}
    <div class="results-head">
      <p data-summary>${summary(found, state)}</p>
      ${sortField(state)}
    </div>
    ${activeFilters(state)} ${found.facets === null ? null : facetPanel(found.facets, state)}
    <div>
      ${corrections(found.corrections)} ${relaxed(found)}
      ${
        found.hits.length === 0
          ? nothingFound(state)
          : hitList(found.hits, { query, now, explain: state.explain })
      }
      ${pager(found, state)}
    </div>
  </div>`;
}

/** Not the page: another query, or another order, begins on the first. */
function hiddenFields({ filters, explain }: SearchState): Html {
  const fields = [...filters, ...(explain ? [{ name: "explain", value: "1" }] : [])];
  return html`${fields.map(
    ({ name, value }) => html`<input type="hidden" form="${SEARCH_FORM}" name="${name}" value="${value}" />`,
  )}`;
}

function summary({ total, hits }: SearchPage, { q, page }: SearchState): Html {
  const from = (page - 1) * PAGE_SIZE;
  const range =
    total > PAGE_SIZE ? html`, ${exact(from + 1)} to ${exact(from + hits.length)} of them here` : null;
  return html`<strong>${plural(total, "skill")}</strong
    >${q === "" ? null : html` for “${q}”`}${hits.length === 0 ? null : range}`;
}

function sortField({ sort }: SearchState): Html {
  return html`<div class="sort">
    <label for="sort">Sort by</label>
    <select id="sort" name="sort" form="${SEARCH_FORM}" data-submit>
      ${SORTS.map(
        ({ value, label }) =>
          html`<option value="${value}" ${value === sort ? "selected" : null}>${label}</option>`,
      )}
    </select>
    <noscript><button class="button" form="${SEARCH_FORM}">Sort</button></noscript>
  </div>`;
}

function corrections(found: Correction[]): Html | null {
  if (found.length === 0) return null;
  return notice(
    "plain",
    html`${found.map(
      ({ word, corrected }) =>
        html`<p>
          No skill has “${word}”: showing
          ${corrected.map((other, index) => html`${index === 0 ? null : ", "}<strong>${other}</strong>`)}.
        </p>`,
    )}`,
  );
}

function relaxed({ relaxed: isRelaxed, hits }: SearchPage): Html | null {
  if (!isRelaxed || hits.length === 0) return null;
  return notice(
    "plain",
    html`<p>No skill has all of these words. These have some of them, the best first.</p>`,
  );
}

function nothingFound(state: SearchState): Html {
  return html`<div class="empty query-help">
    <h2>Nothing found</h2>
    <p>
      Try fewer or other
      words${
        state.filters.length === 0
          ? null
          : html`, or <a href="${stateUrl(state, { filters: [] })}">search without the filters</a>`
      }.
      A query may also say where to look:
    </p>
    ${queryHelp()}
  </div>`;
}

/** The language of queries. */
export function queryHelp(): Html {
  return html`<dl>
    <dt><code>"review a contract"</code></dt>
    <dd>these words, next to each other</dd>
    <dt><code>contract -draft</code></dt>
    <dd>the one, without the other</dd>
    <dt><code>namespace:acme</code></dt>
    <dd>also <code>keyword:</code> <code>author:</code> <code>license:</code> <code>agent:</code></dd>
    <dt><code>has:scripts</code></dt>
    <dd>skills that bring programs; also <code>is:deprecated</code></dd>
    <dt><code>updated:&gt;2026-01-01</code></dt>
    <dd>published since then</dd>
  </dl>`;
}

function pager({ total, hits }: SearchPage, state: SearchState): Html | null {
  const last = Math.ceil(total / PAGE_SIZE);
  if (last <= 1) return null;
  const { page } = state;
  return html`<nav class="pager" aria-label="Pages">
    ${
      page > 1
        ? html`<a class="button" rel="prev" href="${stateUrl(state, { page: page - 1 })}">← Previous</a>`
        : html`<span></span>`
    }
    <span>Page ${page} of ${exact(last)}</span>
    ${
      // Of very common words only some matches are ranked: their last pages are empty.
      page < last && hits.length > 0
        ? html`<a class="button" rel="next" href="${stateUrl(state, { page: page + 1 })}">Next →</a>`
        : html`<span></span>`
    }
  </nav>`;
}
