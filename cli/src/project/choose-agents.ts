import {
  COMMON_AGENTS,
  DEFAULT_AGENTS,
  agentIds,
  agentTitle,
  detectAgents,
  type AgentId,
  type Site,
} from "./agents.ts";
import type { Context } from "../context.ts";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Lock, LockedPackage } from "./lockfile.ts";
import type { Place } from "./project.ts";
import { askMany } from "../terminal/prompt.ts";

/** `--agent`. Checked by `requireAgent` when skills.json was read: it may define others. */
export const AGENT_OPTION = {
  type: "string",
  multiple: true,
  short: "a",
  value: "agent",
  description: `Agent to install for; repeat it for several: ${COMMON_AGENTS.join(", ")}, or another of those that skills doctor --agents lists`,
} as const;

/** Says which agents a package is installed for, given the lock and its own entry there. */
export type ChooseAgents = (lock: Lock, before: LockedPackage | undefined) => Promise<AgentId[]>;

/**
 * Named agents come on top of those a package already has. Without names: those it has, those that other packages have,
 * those that leave traces, those that a person picks (asked once per command), or the default.
 */
export function agentChooser(context: Context, place: Place, named: AgentId[]): ChooseAgents {
  let chosen: Promise<AgentId[]> | undefined;
  return async (lock, before) => {
    if (named.length > 0) return inOrder([...named, ...(before?.agents ?? [])], place);
    if (before !== undefined) return before.agents;
    const locked = inOrder(
      Object.values(lock).flatMap(({ agents }) => agents),
      place,
    );
    return locked.length > 0 ? locked : (chosen ??= detectOrAsk(context, place));
  };
}

async function detectOrAsk(context: Context, place: Place): Promise<AgentId[]> {
  const detected = await detectAgents(place);
  if (detected.length > 0) return detected;
  if (context.quiet) return [...DEFAULT_AGENTS];
  const all = COMMON_AGENTS.map((value) => ({ value, label: agentTitle(value) }));
  const picked = await askMany(context, "Which agents are the skills for? (--agent takes others)", {
    all,
    preset: DEFAULT_AGENTS,
  });
  if (picked.length === 0) throw new SkillsError("ENOAGENT", "no agent was picked");
  return picked;
}

function inOrder(ids: AgentId[], site: Site): AgentId[] {
  return agentIds(site).filter((id) => ids.includes(id));
}
