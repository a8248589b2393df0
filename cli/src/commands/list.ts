import { defineCommand } from "../command.ts";
import { readState } from "../install/state.ts";
import { findPlace } from "../project/project.ts";
import { installedPackages } from "../tree/installed-packages.ts";
import { needsIn } from "../tree/needs.ts";
import { treeLines } from "../tree/tree-lines.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Shows what is installed as a tree: what skills.json asks for, and below each package what it builds on, with version, agents, names given with --as, and whether the files are as they were installed: ok, modified (edited by hand) or missing. Where an author states that a skill was imported or forked, its origin is shown. Changes nothing and asks no registry.",
  options: {
    depth: {
      type: "string",
      value: "number",
      description: "Levels below skills.json's own wishes; 0 shows only these, all by default",
    },
    global: {
      type: "boolean",
      short: "g",
      description: "Show the skills in your home instead of the project",
    },
  },
  examples: ["skills list", "skills list --depth 0", "skills list --global --json"],
  async run(context, { options }) {
    const depth = parseDepth(options.depth);
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const state = await readState(place);
    const packages = await installedPackages(place, state.lock);
    const needs = needsIn(state);
    const lines = treeLines(packages, needs, { depth });
    const missing = [...needs.reached].filter((name) => !Object.hasOwn(state.lock, name)).toSorted();
    const extraneous = packages.flatMap(({ name }) => (needs.reached.has(name) ? [] : [name]));
    return {
      json: {
        skills: packages.flatMap(({ skills }) => skills),
        packages: packages.map(({ skills, ...rest }) => ({
          ...rest,
          skills: skills.map(({ skill }) => skill),
        })),
        missing,
        extraneous,
      },
      lines: lines.length === 0 ? [`no skills installed in ${place.root}`] : [place.root, ...lines],
    };
  },
});

function parseDepth(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw usageError(`--depth is a number, not "${text}"`);
}
