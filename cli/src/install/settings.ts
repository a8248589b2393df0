import { requireAgent, type AgentId } from "../project/agents.ts";
import { agentChooser } from "../project/choose-agents.ts";
import type { Context } from "../context.ts";
import type { Place } from "../project/project.ts";
import type { Request, Want } from "./request.ts";
import type { PlaceState } from "./state.ts";

/** What `--agent` and `--copy` say. */
export interface PlacingOptions {
  agents: readonly string[];
  mode: "copy" | "link" | undefined;
}

/**
 * The wants with agents and mode in them. The first package of a place says it for all that follow; later ones get what
 * differs written beside them. Named agents come on top of those a package would have had.
 */
export async function placeWants(
  context: Context,
  { place, state }: { place: Place; state: PlaceState },
  { wants, placing }: { wants: ReadonlyMap<string, Want>; placing: PlacingOptions },
): Promise<Pick<Request, "wants" | "defaults" | "chooseAgents">> {
  const named = placing.agents.map((id) => requireAgent(id, place));
  const chooseAgents = agentChooser(context, place, named);
  const { project, lock } = state;
  if (Object.keys(project.skills).length === 0) {
    const agents = project.agents ?? (await chooseAgents(lock, undefined));
    const defaults = { agents, ...(placing.mode === undefined ? {} : { mode: placing.mode }) };
    return {
      wants: project.agents === undefined ? wants : extend(wants, state, { ...placing, agents: named }),
      defaults,
      chooseAgents,
    };
  }
  return { wants: extend(wants, state, { ...placing, agents: named }), defaults: {}, chooseAgents };
}

function extend(
  wants: ReadonlyMap<string, Want>,
  { project, lock }: PlaceState,
  { agents, mode }: { agents: AgentId[]; mode: PlacingOptions["mode"] },
): Map<string, Want> {
  const extended = [...wants].map(([name, want]): [string, Want] => {
    const usual = project.skills[name]?.agents ?? project.agents ?? lock[name]?.agents ?? [];
    const missing = agents.filter((id) => !usual.includes(id));
    const changes = {
      ...want.changes,
      ...(missing.length === 0 ? {} : { agents: [...usual, ...missing] }),
      ...(mode === undefined || mode === project.mode ? {} : { mode }),
    };
    return [name, { ...want, changes }];
  });
  return new Map(extended);
}
