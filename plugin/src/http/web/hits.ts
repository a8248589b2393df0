import { SEARCH_LEVELS } from "@skills-registry/schema";
import { highlight, type Marked, pageSnippets } from "../../registry/search/highlight.ts";
import type { ParsedQuery } from "../../registry/search/query.ts";
import type { SearchHit, SearchReason } from "../../store/search.ts";
import { badge } from "./components.ts";
import { ago, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { markedName, markedText } from "./marked.ts";
import { skillUrl } from "./urls.ts";

interface HitsView {
  /** What is marked in them. */
  query: ParsedQuery;
  now: Date;
  /** They say why they stand where they stand. */
  explain?: boolean;
}

/** Skills that were found, as a list. */
export function hitList(hits: SearchHit[], view: HitsView): Html {
  const snippet = pageSnippets(view.query);
  return html`<ol class="hits">
    ${hits.map((hit) => html`<li>${hitRow(hit, { ...view, snippet })}</li>`)}
  </ol>`;
}

interface HitView extends HitsView {
  snippet: (body: string) => Marked | null;
}

function hitRow(hit: SearchHit, { query, now, explain, snippet }: HitView): Html {
  const description = highlight(hit.description, query);
  const found = snippetOf(hit, { snippet, inDescription: description.marks.length > 0 });
  return html`<p class="hit-title">
      <a class="hit-link" href="${skillUrl(hit.name)}">${markedName(highlight(hit.name, query))}</a>
      ${hit.deprecated ? badge("deprecated", "danger") : null}
      ${hit.hasScripts ? badge("scripts", "warn") : null} ${hit.restricted ? badge("restricted") : null}
      ${hit.agents.map((agent) => badge(agent))}
    </p>
    <p class="hit-text">${markedText(description)}</p>
    ${found === null ? null : html`<p class="hit-snippet">${markedText(found)}</p>`} ${hitFacts(hit, now)}
    ${explain === true ? why(hit.reason) : null}`;
}

/** From SKILL.md, where what was searched for is not seen above it. */
function snippetOf(
  { body, reason }: SearchHit,
  { snippet, inDescription }: Pick<HitView, "snippet"> & { inDescription: boolean },
): Marked | null {
  if (body === null || (inDescription && reason.level !== TEXT_LEVEL)) return null;
  const found = snippet(body);
  return found === null || found.marks.length === 0 ? null : found;
}

function hitFacts(hit: SearchHit, now: Date): Html {
  return html`<ul class="facts">
    <li>${hit.version}</li>
    <li>updated ${ago(hit.publishedAt, now)}</li>
    ${hit.license === null ? null : html`<li>${hit.license}</li>`}
    <li title="Downloads in the last 30 days">
      ${icon("download")}${short(hit.downloads)}<span class="visually-hidden">
        downloads in the last 30 days</span
      >
    </li>
    <li title="Likes">${icon("heart")}${short(hit.likes)}<span class="visually-hidden"> likes</span></li>
  </ul>`;
}

/** `SearchReason.level` of hits that have some of the words only in the text. */
const TEXT_LEVEL = 1;

function why({ level, text, popularity, freshness }: SearchReason): Html {
  const numbers = { text, popularity, freshness };
  const shown = Object.entries(numbers).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return html`<p class="why">${SEARCH_LEVELS[level]} · ${shown.join(" · ")}</p>`;
}
