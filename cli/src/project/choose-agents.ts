import { AGENTS, AGENT_IDS, DEFAULT_AGENTS, detectAgents, type AgentId } from "./agents.ts";
import type { Context } from "../context.ts";
import { SkillsError } from "@skills-registry/schema";
import type { Lock, LockedPackage } from "./lockfile.ts";
import type { Place } from "./project.ts";
import { askMany } from "../terminal/prompt.ts";

/** Says which agents a package is installed for, given the lock and its own entry there. */
export type ChooseAgents = (lock: Lock, before: LockedPackage | undefined) => Promise<AgentId[]>;

/**
 * Named agents come on top of those a package already has. Without names: those it has, those that other packages have,
 * those that leave traces, those that a person picks (asked once per command), or the default.
 */
export function agentChooser(context: Context, place: Place, named: AgentId[]): ChooseAgents {
  let chosen: Promise<AgentId[]> | undefined;
  return async (lock, before) => {
    if (named.length > 0) return inTableOrder([...named, ...(before?.agents ?? [])]);
    if (before !== undefined) return before.agents;
    const locked = inTableOrder(Object.values(lock).flatMap(({ agents }) => agents));
    return locked.length > 0 ? locked : (chosen ??= detectOrAsk(context, place));
  };
}

async function detectOrAsk(context: Context, place: Place): Promise<AgentId[]> {
  const detected = await detectAgents(place);
  if (detected.length > 0) return detected;
  if (context.quiet) return [...DEFAULT_AGENTS];
  const all = AGENT_IDS.map((value) => ({ value, label: AGENTS[value].title }));
  const picked = await askMany(context, "Which agents are the skills for?", { all, preset: DEFAULT_AGENTS });
  if (picked.length === 0) throw new SkillsError("ENOAGENT", "no agent was picked");
  return picked;
}

function inTableOrder(ids: AgentId[]): AgentId[] {
  return AGENT_IDS.filter((id) => ids.includes(id));
}
