import { defineCommand } from "../command.ts";
import { usageError } from "../usage-error.ts";
import { optionsFor, search } from "../registry.ts";
import { table } from "../render.ts";
import { optionalScope } from "../scope.ts";

const DEFAULT_LIMIT = 20;
/** npm's own ceiling for one page of search results. */
const MOST = 250;

export const command = defineCommand({
  description: "Finds skills by words of their name, description and text; the best match first.",
  positional: { name: "text", required: true, many: true, description: "Words to look for" },
  options: {
    limit: {
      type: "string",
      value: "count",
      description: `Most results to show, ${DEFAULT_LIMIT} by default`,
    },
    scope: {
      type: "string",
      value: "namespace",
      description: "Ask the registry that .npmrc names for this namespace",
    },
  },
  examples: ["skills search contract review", "skills search pdf --limit 5 --json"],
  async run(context, { args, options }) {
    const size = parseLimit(options.limit);
    const registry = await optionsFor(context, optionalScope(options.scope));
    const { total, objects } = await search({ text: args.join(" "), size }, registry);
    const skills = objects.map(({ package: { name, version, description } }) => ({
      name,
      version,
      description,
    }));
    const rows = skills.map(({ name, version, description }) => [name, version, description]);
    const lines = rows.length === 0 ? ["nothing found"] : table(rows, context.streams.columns);
    if (total > skills.length) context.note(`${skills.length} of ${total} shown; --limit shows more`);
    return { json: { total, skills }, lines };
  },
});

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw usageError(`--limit is a number from 1 to ${MOST}`);
  return limit;
}
