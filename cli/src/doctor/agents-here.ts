import type { Context } from "../context.ts";
import { agentIds, detectAgents, requireAgent, type AgentId } from "../project/agents.ts";
import type { Place } from "../project/project.ts";
import { checkCost, checkDuplicates, checkLinks, contextCost, type ContextCost } from "./agent-checks.ts";
import { failed, warning, type Finding } from "./finding.ts";
import type { PlaceFiles } from "./place-files.ts";
import { ownPaths, readersOf, type Sites } from "./readers.ts";

/** The agents of a place, what they read, and what is wrong with that. */
export async function examineAgents(
  { env }: Context,
  sites: Sites,
  files: PlaceFiles,
): Promise<{ costs: ContextCost[]; findings: Finding[] }> {
  const { agents, findings } = await agentsHere(sites.place, files);
  const readers = await readersOf(agents, sites);
  const costs = readers.map((reader) => contextCost(reader, sites, env));
  const all = [...findings, ...costs.map(checkCost)];
  // Without the lock nobody knows which skills are ours.
  if (files.lock === undefined) return { costs, findings: all };
  const own = await ownPaths(sites, files.lock);
  const links = await checkLinks(readers, sites, own);
  return { costs, findings: [...all, ...checkDuplicates(readers, sites, own), links] };
}

/** Those that leave traces, and those that skills.json and skills.lock name. */
async function agentsHere(
  place: Place,
  files: PlaceFiles,
): Promise<{ agents: AgentId[]; findings: Finding[] }> {
  const ids = new Set(await detectAgents(place));
  const findings: Finding[] = [];
  for (const name of namedAgents(files)) {
    try {
      ids.add(requireAgent(name, place));
    } catch (error) {
      // It may be one that skills.json gives a folder to.
      if (files.readable) findings.push(failed("agents", error));
    }
  }
  const agents = agentIds(place).filter((id) => ids.has(id));
  if (agents.length > 0 || findings.length > 0) return { agents, findings };
  const none = warning("agents", {
    message: "no agent leaves a trace here",
    hint: "Name yours with skills add --agent; skills doctor --agents lists them.",
  });
  return { agents, findings: [none] };
}

function namedAgents({ project, lock }: PlaceFiles): Set<AgentId> {
  const wished = Object.values(project?.skills ?? {}).flatMap(({ agents = [] }) => agents);
  const locked = Object.values(lock ?? {}).flatMap(({ agents }) => agents);
  return new Set([...(project?.agents ?? []), ...wished, ...locked]);
}
