import { defineCommand } from "../command.ts";
import { usageError } from "../usage-error.ts";
import { doEach, partialFailure } from "../batch.ts";
import { AGENT_IDS, isAgentId, type AgentId } from "../project/agents.ts";
import { addSkill } from "../install/add.ts";
import { agentChooser } from "../project/choose-agents.ts";
import type { PlacedSkill } from "../install/install.ts";
import { findPlace } from "../project/project.ts";
import { reportInstalls, wantsReport } from "../registry/report-install.ts";
import { recover } from "../install/staging.ts";

export const command = defineCommand({
  description:
    "Installs skills into the project, or into your home with --global. The one true copy goes to .agents/skills, which most agents read; other agents' folders get links to it. Signature and integrity are verified, and no script of a package is ever run. What was installed is written to skills.lock. Without --agent the agents are those of the lock, or those that leave traces in the project; where there are none, claude-code and codex.",
  positional: {
    name: "spec",
    required: true,
    many: true,
    description: "Skills: @acme/name, with @version, @range or @tag",
  },
  options: {
    agent: {
      type: "string",
      multiple: true,
      short: "a",
      value: "agent",
      choices: AGENT_IDS,
      description: "Agent to install for; repeat it for several",
    },
    global: { type: "boolean", short: "g", description: "Install into your home instead of the project" },
    copy: {
      type: "boolean",
      description: "Copy into other agents' folders instead of linking; the lock remembers it",
    },
    force: { type: "boolean", description: "Overwrite local edits of an installed skill" },
    "report-install": {
      type: "boolean",
      description:
        "Have the registry count the install; SKILLS_REPORT_INSTALLS=1 does so each time. Nothing else is told, and nothing without it",
    },
  },
  examples: [
    "skills add @acme/legal-documents",
    "skills add @acme/legal-documents@^1.2 --agent cursor",
    "skills add @acme/x --global",
  ],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    await recover(place, context.signal);
    const chooseAgents = agentChooser(context, place, agentIds(options.agent ?? []));
    const settings = {
      mode: options.copy === true ? ("copy" as const) : undefined,
      overwrite: options.force === true ? ("edits" as const) : ("nothing" as const),
    };
    const batch = await doEach(context, args, (spec) =>
      addSkill(context, spec, { place, chooseAgents, ...settings }),
    );
    const skills = batch.done.flat();
    if (wantsReport(context, options["report-install"])) await reportInstalls(context, skills);
    return { json: { skills, failed: batch.failed }, lines: skills.map(lineOf), ...partialFailure(batch) };
  },
});

function agentIds(names: string[]): AgentId[] {
  return names.map((name) => {
    if (!isAgentId(name)) throw usageError(`there is no agent ${name}`);
    return name;
  });
}

function lineOf({ action, package: name, version, previous, path, agents }: PlacedSkill): string {
  if (action === "unchanged") return `unchanged ${name}@${version}, already installed`;
  const what = action === "updated" ? `${name} ${previous} → ${version}` : `${name}@${version}`;
  return `${action} ${what} → ${path} (${agents.join(", ")})`;
}
