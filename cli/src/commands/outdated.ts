import { SkillsError } from "@skills-registry/schema/basics";
import { defineCommand, type Outcome } from "../command.ts";
import { readState } from "../install/state.ts";
import { findOutdated, type Outdated } from "../outdated/outdated.ts";
import { outdatedLines } from "../outdated/outdated-lines.ts";
import { findPlace, displayPath, type Place } from "../project/project.ts";

export const command = defineCommand({
  description:
    "Shows which skills have newer versions: what is here, the highest version in the range of skills.json, and the latest; and which versions were deprecated, withdrawn or deleted. Only reads, and changes nothing. As with npm, the exit code is 1 when something is outdated.",
  positional: {
    name: "name",
    required: false,
    many: true,
    description: "Packages (@acme/name) or skills (name); all of skills.json by default",
  },
  options: {
    all: { type: "boolean", short: "a", description: "Look at what skills build on, too" },
    global: { type: "boolean", short: "g", description: "Look in your home instead of the project" },
  },
  examples: ["skills outdated", "skills outdated --json"],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const found = await findOutdated(context, await readState(place), {
      names: args,
      all: options.all === true,
    });
    for (const { name, error } of found.failed)
      context.note(`warning: ${name} could not be looked up: ${error.message} (${error.code})`);
    const isFresh = found.rows.length + found.failed.length === 0;
    return {
      json: document(place, found),
      lines: isFresh ? ["everything is up to date"] : outdatedLines(found.rows),
      ...failureOf(found),
    };
  },
});

/** npm's document: packages by name. */
function document(place: Place, { rows, failed }: Outdated): Record<string, unknown> {
  return Object.fromEntries([
    ...rows.map(({ name, dependents, ...row }) => {
      const location = displayPath(place, place.canonical);
      return [name, { ...row, dependent: dependents[0] ?? "", dependents, location }] as const;
    }),
    ...failed.map(({ name, ...failure }) => [name, failure] as const),
  ]);
}

function failureOf({ rows, failed }: Outdated): Pick<Outcome, "failure"> {
  if (rows.length > 0) {
    const what = rows.length === 1 ? "a skill is" : `${rows.length} skills are`;
    return { failure: new SkillsError("EOUTDATED", `${what} outdated`) };
  }
  if (failed.length === 0) return {};
  const names = failed.map(({ name }) => name).join(", ");
  return { failure: new SkillsError("EPARTIAL", `could not be looked up: ${names}`) };
}
