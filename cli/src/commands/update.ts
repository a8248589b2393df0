import { defineCommand } from "../command.ts";
import { install } from "../install/install.ts";
import { placedLines, tellInstalled } from "../install/report.ts";
import { NOTHING_WANTED, type Request } from "../install/request.ts";
import { readState } from "../install/state.ts";
import { parseWants } from "../install/wants.ts";
import { agentChooser } from "../project/choose-agents.ts";
import { packageMeant } from "../project/lockfile.ts";
import { findPlace } from "../project/project.ts";
import { renderLine, type Line } from "../terminal/line.ts";
import { askYes } from "../terminal/prompt.ts";
import { describeUpdates, type Updates } from "../update/describe-updates.ts";
import { updatesOf } from "../update/updates-of.ts";

export const command = defineCommand({
  description:
    "Updates skills to the highest version in the range of skills.json, or to the version, range or tag named. Shows of each what it can newly do, its changelog and the files that change, and asks before anything is done; without a terminal it goes on by itself. Never overwrites local edits without --force, which keeps a copy of them.",
  positional: {
    name: "spec",
    required: false,
    many: true,
    description:
      "Installed packages (@acme/name, with @version, @range or @tag) or skills (name); all of them by default",
  },
  options: {
    yes: { type: "boolean", short: "y", description: "Do not ask" },
    "dry-run": { type: "boolean", description: "Show what would change, and change nothing" },
    patch: { type: "boolean", short: "p", description: "Show the changed lines, too" },
    exact: {
      type: "boolean",
      short: "E",
      description: "Write the version found into skills.json instead of a range",
    },
    global: { type: "boolean", short: "g", description: "Update in your home instead of the project" },
    force: { type: "boolean", description: "Overwrite local edits; a copy of them is kept" },
  },
  examples: ["skills update", "skills update @acme/legal-documents@^2", "skills update --dry-run --patch"],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const state = await readState(place);
    const specs = args.map((word) => packageMeant(state.lock, word));
    const named = await parseWants(specs, { exact: options.exact === true, as: [], skill: [] });
    const request: Request = {
      ...NOTHING_WANTED,
      ...updatesOf(named, state),
      chooseAgents: agentChooser(context, place, []),
      overwrite: options.force === true ? "edits" : "nothing",
    };
    const dryRun = options["dry-run"] === true;
    let shown: Updates = { json: [], lines: [] };
    const installed = await install(context, place, {
      request,
      confirm: async (plan, sources) => {
        shown = await describeUpdates(plan, sources, options.patch === true ? "patch" : "files");
        if (dryRun) return false;
        if (shown.json.length === 0 || options.yes === true || context.quiet) return true;
        for (const line of shown.lines)
          context.streams.stderr.write(`${renderLine(line, context.streams)}\n`);
        const answer = await askYes(context, "Update?");
        shown = { ...shown, lines: [] };
        return answer;
      },
    });
    const skills = installed.done ? tellInstalled(context, place, installed) : [];
    const changed = skills.filter(({ action }) => action !== "unchanged");
    return {
      json: { dryRun, updates: shown.json, skills },
      lines: [...shown.lines, ...placedLines(changed), ...summary(shown, installed.done)],
    };
  },
});

function summary({ json }: Updates, done: boolean): Line[] {
  if (json.length === 0) return ["everything is up to date"];
  return done ? [] : ["nothing was changed"];
}
