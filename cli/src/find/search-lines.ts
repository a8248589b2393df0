import { SEARCH_LEVELS, type FacetsAnswer, type SearchHitAnswer } from "@skills-registry/schema";
import { count } from "../terminal/format.ts";
import { fitted, markedSpans, span, type Span } from "../terminal/line.ts";
import type { Found } from "./search.ts";

/** What `skills search` prints: per hit a headline, its description, and where its text matched. */
export function searchLines({ hits, facets }: Found, columns: number): Span[][] {
  const blocks = hits.map((hit) => hitLines(hit));
  const all = [
    ...(blocks.length === 0 ? [[[span("nothing found")]]] : blocks),
    ...(facets === null ? [] : [facetLines(facets)]),
  ];
  return all
    .flatMap((block, index) => (index === 0 ? block : [[], ...block]))
    .map((line) => fitted(line, columns));
}

const INDENT = span("    ");

function hitLines(hit: Found["hits"][number]): Span[][] {
  const { name, description, snippet } = hit.highlights;
  return [
    headline(hit),
    ...(description.text === "" ? [] : [[INDENT, ...markedSpans(description)]]),
    ...(snippet === null ? [] : [[INDENT, ...markedSpans(snippet, "faint")]]),
    ...("reason" in hit && hit.reason !== undefined ? [[INDENT, span(reasonText(hit.reason), "faint")]] : []),
  ];

  function headline({ version, likes, downloads, deprecated }: Found["hits"][number]): Span[] {
    return [
      ...markedSpans(name, "name"),
      span(`  ${version}`),
      ...(likes === null || likes === 0 ? [] : [span(`  ♥ ${count(likes)}`, "faint")]),
      ...(downloads === null || downloads === 0 ? [] : [span(`  ↓ ${count(downloads)}`, "faint")]),
      ...(deprecated ? [span("  deprecated", "warning")] : []),
    ];
  }
}

function reasonText({ level, text, popularity, freshness }: NonNullable<SearchHitAnswer["reason"]>): string {
  const numbers = Object.entries({ text, popularity, freshness });
  const shown = numbers.map(([name, value]) => `${name} ${value.toFixed(3)}`);
  // A later release of the registry may know more levels.
  return [`why: ${SEARCH_LEVELS[level] ?? `level ${level}`}`, ...shown].join(" · ");
}

/** Values that can be put behind their qualifier, with the number of matches that have each. */
function facetLines({ hasScripts, deprecated, ...fields }: FacetsAnswer): Span[][] {
  const rows = Object.entries(fields).filter(([, values]) => values.length > 0);
  const flags = [
    { name: "has:scripts", count: hasScripts },
    { name: "is:deprecated", count: deprecated },
  ].filter(({ count }) => count > 0);
  return [
    ...rows.map(([field, values]) => [
      span(`${field}:`.padEnd(11), "name"),
      ...values.flatMap(({ value, count: matches }, index) => [
        span(`${index === 0 ? "" : "   "}${quoted(value)} `),
        span(count(matches), "faint"),
      ]),
    ]),
    ...flags.map((flag) => [span(`${flag.name} `, "name"), span(count(flag.count), "faint")]),
  ];
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
