import { defineCommand } from "../command.ts";
import { install } from "../install/install.ts";
import { placedLines, tellInstalled } from "../install/report.ts";
import { NOTHING_WANTED } from "../install/request.ts";
import { agentChooser } from "../project/choose-agents.ts";
import { findPlace } from "../project/project.ts";
import { reportInstalls, wantsReport } from "../registry/report-install.ts";

export const command = defineCommand({
  description:
    "Installs what skills.json wants, in the versions of skills.lock: on another machine the same files as here. Skills that are new in skills.json are resolved and locked, those that are gone from it are removed, missing ones are put back; local edits are left alone. A conflict that a merge left in skills.lock is resolved. With --frozen nothing is resolved and any drift between skills.json, skills.lock and the installed files is a failure, which is what CI wants; skills ci is short for that.",
  options: {
    frozen: {
      type: "boolean",
      description: "Fail where skills.lock does not agree with skills.json, or an installed skill was edited",
    },
    global: { type: "boolean", short: "g", description: "Install into your home instead of the project" },
    force: { type: "boolean", description: "Overwrite local edits; a copy of them is kept" },
    "report-install": {
      type: "boolean",
      description: "Have the registry count the installs, as with skills add",
    },
  },
  examples: ["skills install", "skills ci", "skills install --frozen --json"],
  async run(context, { options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const frozen = options.frozen === true;
    const request = {
      ...NOTHING_WANTED,
      check: "all" as const,
      chooseAgents: agentChooser(context, place, []),
      overwrite: options.force === true ? ("edits" as const) : ("nothing" as const),
      frozen,
    };
    const installed = await install(context, place, { request });
    const skills = tellInstalled(context, place, installed);
    if (wantsReport(context, options["report-install"])) await reportInstalls(context, skills);
    const total = Object.keys(installed.lock).length;
    const lines = skills.length === 0 ? [nothingToDo(total, place.root)] : placedLines(skills);
    return { json: { skills, packages: total }, lines };
  },
});

function nothingToDo(total: number, root: string): string {
  if (total === 0) return `no skills are wanted in ${root}; skills add is how to want some`;
  return total === 1 ? "the one package is up to date" : `all ${total} packages are up to date`;
}
