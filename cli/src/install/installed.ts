import { lstat, readFile } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { agentFolder, type AgentId } from "../project/agents.ts";
import { digest, exists, mapFew, settle, walk } from "../files.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";

/** What is on the disk, compared with the lock. */
export type SkillState = "ok" | "modified" | "missing";

/**
 * Made by systems and interpreters, not by people: a skill whose script was run once is not a skill with local edits.
 */
const GENERATED = new Set([".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"]);

/** What a walk through an installed skill passes over. */
export function isGenerated(_path: string, name: string): boolean {
  return GENERATED.has(name);
}

/** A folder of one agent, or of several that share it, and how the skill gets there. */
export interface Target {
  path: string;
  kind: "canonical" | "link" | "copy";
}

/** Every path that an installed skill has: the canonical copy first, then one per other folder. */
export async function targetsOf(
  place: Place,
  skill: string,
  { placed, mode }: Pick<LockedPackage, "placed" | "mode">,
): Promise<Target[]> {
  const folders = await otherFolders(
    place,
    placed.map((folder) => resolve(place.root, folder)),
  );
  const canonical: Target = { path: join(place.canonical, skill), kind: "canonical" };
  return [canonical, ...folders.map((folder) => ({ path: join(folder, skill), kind: mode }))];
}

/** Every path of every skill of a package. */
export async function pathsOf(place: Place, entry: LockedPackage): Promise<string[]> {
  const targets = Object.keys(entry.skills).map((skill) => targetsOf(place, skill, entry));
  return (await Promise.all(targets)).flat().map(({ path }) => path);
}

/** The folders beside the canonical one in which agents find their skills, as skills.lock keeps them. */
export async function placedFolders(place: Place, agents: AgentId[]): Promise<string[]> {
  const folders = await otherFolders(
    place,
    agents.map((id) => agentFolder(id, place)),
  );
  return folders.map((folder) => {
    const below = relative(place.root, folder);
    // Only a variable in somebody's home leads out of the root.
    const isOutside = below.split(sep)[0] === ".." || isAbsolute(below);
    return isOutside ? folder : below.split(sep).join("/");
  });
}

/** Each folder once. Teams link `.claude/skills` to `.agents/skills` as a whole: then the skills are there already. */
async function otherFolders(place: Place, folders: string[]): Promise<string[]> {
  const seen = new Set([await settle(place.canonical)]);
  const others: string[] = [];
  for (const folder of folders) {
    const real = await settle(folder);
    if (seen.has(real)) continue;
    seen.add(real);
    others.push(folder);
  }
  return others;
}

export async function stateOf(place: Place, skill: string, entry: LockedPackage): Promise<SkillState> {
  const files = entry.skills[skill]?.files ?? {};
  const targets = await targetsOf(place, skill, entry);
  const canonical = join(place.canonical, skill);
  const states = await Promise.all(targets.map((target) => stateOfTarget(target, canonical, files)));
  if (states.includes("modified")) return "modified";
  return states.includes("missing") ? "missing" : "ok";
}

/** True for one path of a skill whose files are not those that were installed; a link that leads elsewhere counts, too. */
export async function isModified(
  place: Place,
  target: Target,
  files: Record<string, string>,
): Promise<boolean> {
  const canonical = join(place.canonical, basename(target.path));
  return (await stateOfTarget(target, canonical, files)) === "modified";
}

async function stateOfTarget(
  target: Target,
  canonical: string,
  files: Record<string, string>,
): Promise<SkillState> {
  if (!(await exists(target.path))) return "missing";
  if (target.kind === "link") return stateOfLink(target.path, canonical);
  return (await matches(target.path, files)) ? "ok" : "modified";
}

async function stateOfLink(link: string, canonical: string): Promise<SkillState> {
  const stats = await lstat(link);
  if (!stats.isSymbolicLink()) return "modified";
  if (!(await exists(canonical))) return "missing";
  return (await settle(link)) === (await settle(canonical)) ? "ok" : "modified";
}

/** True when a folder holds exactly these files with these digests. */
async function matches(folder: string, files: Record<string, string>): Promise<boolean> {
  const found = await walk(folder, isGenerated).catch(() => undefined);
  const present = found?.filter(({ type }) => type !== "directory");
  if (present === undefined || present.length !== Object.keys(files).length) return false;
  const same = await mapFew(
    present,
    async ({ path, type }) => type === "file" && digest(await readFile(join(folder, path))) === files[path],
  );
  return !same.includes(false);
}
