import { SkillsError } from "@skills-registry/schema/basics";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { examine } from "../doctor/examine.ts";
import { shownPath } from "../doctor/readers.ts";
import { reportLines } from "../doctor/report-lines.ts";
import { agentFolder, agentIds, agentTitle, detectAgents } from "../project/agents.ts";
import { findPlace } from "../project/project.ts";
import { counted } from "../terminal/format.ts";
import { table } from "../terminal/render.ts";

type Scope = "project" | "global";

export const command = defineCommand({
  description:
    "Looks for what could be wrong and says what to do about it: broken links, skills that are missing or edited, skills of one name in several folders that one agent reads, skills.json against skills.lock against the disk, interrupted installs, deprecated and withdrawn versions, Node, npm, git and the registry; and what all skills of each agent cost of its context. Changes nothing. Fails where there is a problem, not for warnings. With --offline no registry is asked.",
  options: {
    global: { type: "boolean", short: "g", description: "Examine your home instead of the project" },
    agents: { type: "boolean", description: "List every agent that --agent takes, with its folder here" },
  },
  examples: ["skills doctor", "skills doctor --global --json", "skills doctor --agents"],
  async run(context, { options }) {
    const scope = options.global === true ? "global" : "project";
    if (options.agents === true) return listAgents(context, scope);
    const examination = await examine(context, scope);
    // A check that Ctrl-C ended looks like one that failed.
    context.signal.throwIfAborted();
    const { problems } = examination;
    return {
      json: examination,
      lines: reportLines(examination),
      ...(problems === 0
        ? {}
        : { failure: new SkillsError("EDOCTOR", `${counted(problems, "problem")} found`) }),
    };
  },
});

async function listAgents(context: Context, scope: Scope) {
  const place = await findPlace(context, scope);
  const found = new Set(await detectAgents(place));
  const agents = agentIds(place).map((agent) => {
    const folder = shownPath({ place, home: undefined }, agentFolder(agent, place));
    return { agent, title: agentTitle(agent), folder, found: found.has(agent) };
  });
  const rows = agents.map(({ agent, title, folder, found: isFound }) => [
    agent,
    title,
    folder,
    isFound ? "found here" : "",
  ]);
  return { json: { agents }, lines: table(rows, context.streams.columns) };
}
