import { realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { AGENT_IDS, CANONICAL_FOLDER, agentFolder, type Site } from "./agents.ts";
import type { Context } from "./context.ts";
import { exists, settle } from "./files.ts";

/** Where skills are installed: a project or the user's home, with its lockfile. */
export interface Place extends Site {
  lockFile: string;
  /** Folder of the one true copy of every skill. */
  canonical: string;
}

/** What marks the root of a project, strongest first. */
const ROOT_MARKS = ["skills.lock", ".git", "package.json"] as const;

export async function findPlace(context: Context, scope: "project" | "global"): Promise<Place> {
  const root = scope === "global" ? context.home : await projectRoot(context.cwd, context.home);
  // Whoever stands in their home means it: a project there would share its folders with the global skills.
  const global = root === context.home;
  const lockFile = global ? join(root, ".agents", "skills.lock") : join(root, "skills.lock");
  return { root, global, env: context.env, lockFile, canonical: join(root, CANONICAL_FOLDER) };
}

/** Every folder that we may ever write a skill to. */
export function skillFolders(place: Place): string[] {
  return [...new Set([place.canonical, ...AGENT_IDS.map((id) => agentFolder(id, place))])];
}

/** A path as people read it: relative to where they stand in a project, from `~` in their home. */
export function displayPath(place: Place, path: string): string {
  const shown = relative(place.root, path).split(sep).join("/");
  return place.global ? `~/${shown}` : shown;
}

/**
 * Refuses a folder that leads out of the project. A cloned repository may bring `.claude/skills` as a link to anywhere;
 * without this, installing into it would write there. In their own home people link as they like.
 */
export async function refuseEscape(place: Place, folder: string): Promise<void> {
  if (place.global) return;
  const [root, real] = await Promise.all([realpath(place.root), settle(folder)]);
  if (real === root || real.startsWith(root + sep)) return;
  throw new SkillsError(
    "ESKILLCLASH",
    `${displayPath(place, folder)} is a link that leads out of the project`,
    {
      hint: "Remove the link, or install with --global.",
    },
  );
}

/** Nearest folder upwards with the strongest mark; never the home folder or above it, unless that is where we stand. */
async function projectRoot(cwd: string, home: string): Promise<string> {
  const candidates = upwards(cwd, home);
  for (const mark of ROOT_MARKS) {
    for (const folder of candidates) {
      if (await exists(join(folder, mark))) return folder;
    }
  }
  return cwd;
}

function upwards(from: string, home: string): string[] {
  const folders = [from];
  for (let folder = dirname(from); folder !== home && folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
  }
  return from === home ? [home] : folders;
}
