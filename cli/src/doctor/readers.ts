import { isAbsolute, relative, sep } from "node:path";
import { settle } from "../files.ts";
import { pathsOf } from "../install/installed.ts";
import { agentListing, readFolders, type AgentId, type Site } from "../project/agents.ts";
import { readLock, type Lock } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { readShelf, type Shelf, type ShelvedSkill } from "./shelf.ts";

/** An agent with the folders that it reads: those of the project first, then those of the home. */
export interface Reader {
  agent: AgentId;
  shelves: Shelf[];
}

/** The sites an agent reads: a project and the home, or with `--global` the home alone. */
export interface Sites {
  place: Place;
  home: Place | undefined;
}

/** What each of the agents finds. A folder that several agents read is read once. */
export async function readersOf(agents: AgentId[], { place, home }: Sites): Promise<Reader[]> {
  const shelves = new Map<string, Promise<Shelf>>();
  const shelfOf = async (folder: string): Promise<[real: string, shelf: Shelf]> => {
    const real = await settle(folder);
    const shelf = shelves.get(real) ?? readShelf(folder);
    shelves.set(real, shelf);
    return [real, await shelf];
  };
  return Promise.all(
    agents.map(async (agent) => {
      const sites: Site[] = home === undefined ? [place] : [place, home];
      const folders = sites.flatMap((site) => readFolders(agent, site));
      const read = new Map(await Promise.all(folders.map(shelfOf)));
      return { agent, shelves: [...read.values()] };
    }),
  );
}

/** Every skill that an agent lists, each once. */
export function listedSkills({ agent, shelves }: Reader): ShelvedSkill[] {
  const unlisted = agentListing(agent)?.unlistedBy;
  const skills = shelves.flatMap((shelf) => shelf.skills);
  const each = new Map(skills.map((skill) => [skill.real, skill]));
  return [...each.values()].filter(({ flags }) => unlisted === undefined || !flags.has(unlisted));
}

/** Real paths of all skills that were placed by us. */
export async function ownPaths({ place, home }: Sites, lock: Lock): Promise<Set<string>> {
  const homeLock = home === undefined ? {} : await readLock(home.lockFile).catch(() => ({}));
  const own = await Promise.all([
    ...Object.values(lock).map((entry) => pathsOf(place, entry)),
    ...Object.values(homeLock).map((entry) => pathsOf(home ?? place, entry)),
  ]);
  return new Set(await Promise.all(own.flat().map(settle)));
}

/** A path as people read it: below the project, else from `~`. */
export function shownPath({ place, home }: Sites, path: string): string {
  const inProject = place.global ? undefined : below(place.root, path);
  const root = place.global ? place.root : home?.root;
  const inHome = root === undefined ? undefined : below(root, path);
  return inProject ?? (inHome === undefined ? path : `~/${inHome}`);
}

function below(root: string, path: string): string | undefined {
  const shown = relative(root, path);
  return shown.split(sep)[0] === ".." || isAbsolute(shown) ? undefined : shown.split(sep).join("/");
}
