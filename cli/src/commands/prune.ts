import { defineCommand } from "../command.ts";
import { prune } from "../tree/prune.ts";
import { findPlace } from "../project/project.ts";

export const command = defineCommand({
  description:
    "Removes what is installed but no longer wanted: packages of skills.lock that neither skills.json nor another package asks for, and what a killed command left behind. Adds and updates nothing, and deletes no skill with local edits without --force, which keeps a copy of them.",
  options: {
    "dry-run": { type: "boolean", description: "Show what would be removed, and remove nothing" },
    global: { type: "boolean", short: "g", description: "Prune your home instead of the project" },
    force: { type: "boolean", description: "Remove skills with local edits too; a copy of them is kept" },
  },
  examples: ["skills prune", "skills prune --dry-run"],
  async run(context, { options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const dryRun = options["dry-run"] === true;
    const pruned = await prune(context, place, {
      overwrite: options.force === true ? "edits" : "nothing",
      dryRun,
    });
    const verb = dryRun ? "would remove" : "removed";
    const lines = [
      ...pruned.removed.map(({ package: name, version }) => `${verb} ${name}@${version}`),
      ...pruned.leftovers.map((path) => `${verb} ${path}, left by a command that was killed`),
    ];
    return { json: { dryRun, ...pruned }, lines: lines.length === 0 ? ["nothing to prune"] : lines };
  },
});
