import type { FacetCount, Facets, FilterField } from "../../store/search.ts";
import { exact } from "./format.ts";
import { type Html, html } from "./html.ts";
import { type FilterName, hasFilter, type SearchState, toggledUrl } from "./search-state.ts";

const TITLES: [FilterField, string][] = [
  ["namespace", "Namespace"],
  ["keyword", "Keyword"],
  ["agent", "Agent"],
  ["license", "Licence"],
  ["author", "Author"],
];

/** Values shown before "more". */
const SHOWN = 7;

/** Filters as links, each with the number of skills it leads to. */
export function facetPanel(facets: Facets, state: SearchState): Html | null {
  const special = [
    { name: "has" as const, value: "scripts", label: "With scripts", count: facets.hasScripts },
    { name: "is" as const, value: "deprecated", label: "Deprecated", count: facets.deprecated },
  ].filter(({ count }) => count > 0);
  if (special.length === 0 && TITLES.every(([field]) => facets[field].length === 0)) return null;
  return html`<details class="facet-panel" open>
    <summary>Filters</summary>
    <nav class="facets" aria-label="Filters">
      ${TITLES.map(([field, title]) => facet({ field, title, values: facets[field] }, state))}
      ${
        special.length === 0
          ? null
          : html`<section>
              <h2>Other</h2>
              <ul>
                ${special.map((entry) => facetLink(entry, state))}
              </ul>
            </section>`
      }
    </nav>
  </details>`;
}

interface Facet {
  field: FilterField;
  title: string;
  values: FacetCount[];
}

function facet({ field, title, values }: Facet, state: SearchState): Html | null {
  if (values.length === 0) return null;
  const items = values.map(({ value, count }) =>
    facetLink({ name: field, value, label: value, count }, state),
  );
  const more = items.slice(SHOWN);
  return html`<section>
    <h2>${title}</h2>
    <ul>
      ${items.slice(0, SHOWN)}
    </ul>
    ${
      more.length === 0
        ? null
        : html`<details>
            <summary>${more.length} more<span class="visually-hidden"> of ${title}</span></summary>
            <ul>
              ${more}
            </ul>
          </details>`
    }
  </section>`;
}

interface FacetLink {
  name: FilterName;
  value: string;
  label: string;
  count: number;
}

function facetLink({ name, value, label, count }: FacetLink, state: SearchState): Html {
  const isSet = hasFilter(state, name, value);
  return html`<li>
    <a href="${toggledUrl(state, name, value)}" rel="nofollow" ${isSet ? html`aria-current="true"` : null}
      ><span>${label}</span> <span class="count">${exact(count)}</span></a
    >
  </li>`;
}

/** The filters that are set, to be taken away one by one. */
export function activeFilters(state: SearchState): Html | null {
  if (state.filters.length === 0) return null;
  return html`<ul class="chips active-filters" aria-label="Active filters">
    ${state.filters.map(
      ({ name, value }) =>
        html`<li>
          <a class="chip" href="${toggledUrl(state, name, value)}" rel="nofollow"
            ><span class="visually-hidden">Remove the filter </span>${name}: ${value}
            <span aria-hidden="true">×</span></a
          >
        </li>`,
    )}
  </ul>`;
}
