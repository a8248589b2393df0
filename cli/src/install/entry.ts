import { isDeepStrictEqual } from "node:util";
import { agentIds, requireAgent, type AgentId } from "../project/agents.ts";
import type { ChooseAgents } from "../project/choose-agents.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { placedFolders } from "./installed.ts";
import type { Tree } from "./resolve.ts";
import type { PlaceState } from "./state.ts";

/** Where and how the skills of one package are to lie. */
export type Placing = Pick<LockedPackage, "agents" | "mode" | "placed">;

/**
 * For every package of a tree. What a wish says comes first, then what the project says, then what was so until now. A package
 * that others build on goes to all of their agents.
 */
export async function placingOf(
  tree: Tree,
  place: Place,
  { state, chooseAgents }: { state: PlaceState; chooseAgents: ChooseAgents },
): Promise<Map<string, Placing>> {
  const { project, lock } = state;
  const agents = new Map<string, Set<AgentId>>();
  const give = (name: string, ids: readonly AgentId[]): void => {
    const known = agents.get(name);
    if (known !== undefined && ids.every((id) => known.has(id))) return;
    agents.set(name, new Set([...(known ?? []), ...ids]));
    for (const needed of Object.keys(tree.get(name)?.dependencies ?? {})) give(needed, ids);
  };
  for (const [name, wish] of Object.entries(project.skills)) {
    const ids = wish.agents ?? project.agents ?? (await chooseAgents(lock, lock[name]));
    give(
      name,
      ids.map((id) => requireAgent(id, place)),
    );
  }
  const foldersOf = foldersOnce(place);
  const placings = [...tree.keys()].map(async (name): Promise<[string, Placing]> => {
    const ids = agentIds(place).filter((id) => agents.get(name)?.has(id));
    const mode = project.skills[name]?.mode ?? project.mode ?? lock[name]?.mode ?? "link";
    return [name, { agents: ids, mode, placed: await foldersOf(ids) }];
  });
  return new Map(await Promise.all(placings));
}

/** Most packages of a project have the same agents. */
function foldersOnce(place: Place): (ids: AgentId[]) => Promise<string[]> {
  const known = new Map<string, Promise<string[]>>();
  return (ids) => {
    const key = ids.join();
    const folders = known.get(key) ?? placedFolders(place, ids);
    known.set(key, folders);
    return folders;
  };
}

/** True when the lock has the package placed as it is to be. */
export function isPlacedSo(before: LockedPackage, { agents, mode, placed }: Placing): boolean {
  return before.mode === mode && isSameSet(before.agents, agents) && isSameSet(before.placed, placed);
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return isDeepStrictEqual(a.toSorted(), b.toSorted());
}
