import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { agentFolder } from "../project/agents.ts";
import { digest, exists, mapFew, settle, walk } from "../files.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";

/** What is on the disk, compared with the lock. */
export type SkillState = "ok" | "modified" | "missing";

/**
 * Made by systems and interpreters, not by people: a skill whose script was run once is not a skill with local edits.
 */
const GENERATED = new Set([".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"]);

/** A folder of one agent, or of several that share it, and how the skill gets there. */
export interface Target {
  path: string;
  kind: "canonical" | "link" | "copy";
}

/** Every path that an installed skill has: the canonical copy first, then one per other folder. */
export async function targetsOf(
  place: Place,
  skill: string,
  entry: Pick<LockedPackage, "agents" | "mode">,
): Promise<Target[]> {
  const canonical = await settle(place.canonical);
  const targets: Target[] = [{ path: join(place.canonical, skill), kind: "canonical" }];
  const seen = new Set([canonical]);
  for (const id of entry.agents) {
    const folder = agentFolder(id, place);
    // Teams link `.claude/skills` to `.agents/skills` as a whole: then the skill is there already.
    const real = await settle(folder);
    if (seen.has(real)) continue;
    seen.add(real);
    targets.push({ path: join(folder, skill), kind: entry.mode });
  }
  return targets;
}

export async function stateOf(place: Place, skill: string, entry: LockedPackage): Promise<SkillState> {
  const files = entry.skills[skill]?.files ?? {};
  const targets = await targetsOf(place, skill, entry);
  const canonical = join(place.canonical, skill);
  const states = await Promise.all(targets.map((target) => stateOfTarget(target, canonical, files)));
  if (states.includes("modified")) return "modified";
  return states.includes("missing") ? "missing" : "ok";
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
  const found = await walk(folder, (_, name) => GENERATED.has(name)).catch(() => undefined);
  const present = found?.filter(({ type }) => type !== "directory");
  if (present === undefined || present.length !== Object.keys(files).length) return false;
  const same = await mapFew(
    present,
    async ({ path, type }) => type === "file" && digest(await readFile(join(folder, path))) === files[path],
  );
  return !same.includes(false);
}
