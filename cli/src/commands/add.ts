import { defineCommand } from "../command.ts";
import { AGENT_OPTION } from "../project/choose-agents.ts";
import { install } from "../install/install.ts";
import { placedLines, tellInstalled } from "../install/report.ts";
import { NOTHING_WANTED } from "../install/request.ts";
import { placeWants } from "../install/settings.ts";
import { readState } from "../install/state.ts";
import { parseWants } from "../install/wants.ts";
import { findPlace } from "../project/project.ts";
import { reportInstalls, wantsReport } from "../registry/report-install.ts";

export const command = defineCommand({
  description:
    "Adds skills to skills.json and installs them with the skills that they build on: into the project, or into your home with --global. The one true copy goes to .agents/skills, which most agents read; other agents' folders get links to it. Signature and integrity are verified, and no script of a package is ever run. What was installed is written to skills.lock. All of it happens or nothing. Without --agent the agents are those of skills.json, or those that leave traces in the project; where there are none, claude-code and codex.",
  positional: {
    name: "spec",
    required: true,
    many: true,
    description: "Skills: @acme/name, with @version, @range or @tag",
  },
  options: {
    agent: AGENT_OPTION,
    global: { type: "boolean", short: "g", description: "Install into your home instead of the project" },
    copy: {
      type: "boolean",
      description: "Copy into other agents' folders instead of linking; the lock remembers it",
    },
    as: {
      type: "string",
      multiple: true,
      value: "name",
      description:
        "Install the skill under another name, in its folder and in SKILL.md; old=new for one of several",
    },
    skill: {
      type: "string",
      multiple: true,
      short: "s",
      value: "names",
      description: "Of a package with several skills, only these; separated by commas",
    },
    exact: {
      type: "boolean",
      short: "E",
      description: "Write the version found into skills.json instead of a range",
    },
    force: {
      type: "boolean",
      description: "Overwrite local edits of an installed skill; a copy of them is kept",
    },
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
    "skills add @other/legal-documents --as other-legal",
    "skills add @acme/office-pack --skill letters,memos",
  ],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const wants = await parseWants(args, {
      exact: options.exact === true,
      as: options.as ?? [],
      skill: options.skill ?? [],
    });
    const placing = {
      agents: options.agent ?? [],
      mode: options.copy === true ? ("copy" as const) : undefined,
    };
    const request = {
      ...NOTHING_WANTED,
      ...(await placeWants(context, { place, state: await readState(place) }, { wants, placing })),
      fresh: (name: string) => wants.has(name),
      overwrite: options.force === true ? ("edits" as const) : ("nothing" as const),
    };
    const installed = await install(context, place, { request });
    const skills = tellInstalled(context, place, installed);
    if (wantsReport(context, options["report-install"])) await reportInstalls(context, skills);
    return { json: { skills }, lines: placedLines(skills) };
  },
});
