import { SEARCH_SORTS } from "@skills-registry/schema";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage-error.ts";
import { optionsFor } from "../registry/registry.ts";
import { optionalScope } from "../registry/scope.ts";
import { findSkills, type Found } from "../find/search.ts";
import { searchLines } from "../find/search-lines.ts";

const DEFAULT_LIMIT = 20;
/** npm's own ceiling for one page of search results. */
const MOST = 250;

export const command = defineCommand({
  description:
    "Finds skills by words of their name, keywords, description and text, the best match first; without words, the most used. Qualifiers narrow it down: namespace:acme, keyword:pdf, agent:codex, license:MIT, author:ada, has:scripts, is:deprecated, updated:>2026-01-01. Double quotes hold a phrase together, and a - before a word, phrase or qualifier excludes it. Quote for the shell what it would read itself ('\"contract review\"', 'updated:>2026-01-01'), and put words that start with - behind -- or into quotes with others (skills search \"pdf -draft\").",
  positional: {
    name: "text",
    required: false,
    many: true,
    description: "Words, phrases and qualifiers to look for",
  },
  options: {
    sort: { type: "string", value: "order", choices: SEARCH_SORTS, description: "Order of the results" },
    limit: {
      type: "string",
      value: "count",
      description: `Most results to show, ${DEFAULT_LIMIT} by default`,
    },
    facets: {
      type: "boolean",
      description: "Also count the namespaces, keywords, agents, licences and authors of all matches",
    },
    explain: { type: "boolean", description: "Say of each result why it stands where it stands" },
    scope: {
      type: "string",
      value: "namespace",
      description: "Ask the registry that .npmrc names for this namespace",
    },
  },
  examples: [
    "skills search contract review",
    "skills search pdf --limit 5 --json",
    "skills search pdf agent:codex --facets",
    "skills search pdf -- -draft -keyword:beta",
    "skills search --sort updated",
  ],
  async run(context, { args, options }) {
    const wish = {
      text: args.join(" "),
      sort: SEARCH_SORTS.find((sort) => sort === options.sort) ?? SEARCH_SORTS[0],
      limit: parseLimit(options.limit),
      facets: options.facets === true,
      explain: options.explain === true,
    };
    const registry = await optionsFor(context, optionalScope(options.scope));
    const found = await findSkills(context, wish, registry);
    tellAside(context, found);
    return { json: found, lines: searchLines(found, context.streams.columns) };
  },
});

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw usageError(`--limit is a number from 1 to ${MOST}`);
  return limit;
}

/** How the registry read the query, and what is not shown: beside the results, not among them. */
function tellAside(context: Context, { total, hits, corrections, relaxed }: Found): void {
  for (const { word, corrected } of corrections)
    context.note(`no skill has "${word}"; looked for ${corrected.join(", ")}`);
  if (relaxed && hits.length > 0)
    context.note("no skill has all of these words; those below have some of them");
  if (total > hits.length) context.note(`${hits.length} of ${total} shown; --limit shows more`);
}
