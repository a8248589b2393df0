import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import { CANONICAL_FOLDER, agentFolder, agentIds, type Site } from "./agents.ts";
import type { Context } from "../context.ts";
import { exists, settle } from "../files.ts";
import { findProject, parseProject, type ProjectSource } from "./project-file.ts";

/** Where skills are installed: a project or the user's home, with its files. */
export interface Place extends Site {
  lockFile: string;
  /** Folder of the one true copy of every skill. */
  canonical: string;
}

/** What marks the root of a project, strongest first. */
const ROOT_MARKS = ["skills.json", "skills.lock", ".git", "package.json"] as const;

/** Throws ESKILLPROJECT. */
export async function findPlace(context: Context, scope: "project" | "global"): Promise<Place> {
  const place = await locatePlace(context, scope);
  const { folders } = parseProject(await projectSource(place));
  return { ...place, folders };
}

/** The same before skills.json is read, which may be what is wrong with the place. */
export async function locatePlace(
  context: Context,
  scope: "project" | "global",
): Promise<Omit<Place, "folders">> {
  // HOME may be a link, or end with a slash; the working directory is always a real path.
  const home = await settle(resolve(context.home));
  const root = scope === "global" ? home : await projectRoot(context.cwd, home);
  // Whoever stands in their home means it: a project there would share its folders with the global skills.
  const global = root === home;
  const files = global ? join(root, ".agents") : root;
  return {
    root,
    global,
    env: context.env,
    lockFile: join(files, "skills.lock"),
    canonical: join(root, CANONICAL_FOLDER),
  };
}

/** Where the wishes of a place are written down, with their text. In a home, package.json belongs to something else. */
export async function projectSource({
  root,
  global,
  lockFile,
}: Pick<Place, "root" | "global" | "lockFile">): Promise<ProjectSource> {
  return findProject(join(dirname(lockFile), "skills.json"), global ? undefined : join(root, "package.json"));
}

/** Every folder that an agent of the place reads. */
export function agentFolders(place: Place): string[] {
  return [...new Set([place.canonical, ...agentIds(place).map((id) => agentFolder(id, place))])];
}

/** A path as people read it: relative to where they stand in a project, from `~` in their home. */
export function displayPath(place: Place, path: string): string {
  const shown = relative(place.root, path).split(sep).join("/");
  return place.global ? `~/${shown}` : shown;
}

/**
 * Refuses a path that leads out of the project. A cloned repository may bring `.claude/skills` as a link to anywhere;
 * without this, installing into it would write there. In their own home people link as they like.
 */
export async function refuseEscape(place: Place, path: string): Promise<void> {
  if (await isInside(place, path)) return;
  throw new SkillsError(
    "ESKILLCLASH",
    `${displayPath(place, path)} is a link that leads out of the project`,
    {
      hint: "Remove the link, or install with --global.",
    },
  );
}

/** True for a path in the project, with every link in it followed; always true in the user's home. */
export async function isInside(place: Place, path: string): Promise<boolean> {
  if (place.global) return true;
  const [root, real] = await Promise.all([realpath(place.root), settle(path)]);
  return relative(root, real).split(sep)[0] !== "..";
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
