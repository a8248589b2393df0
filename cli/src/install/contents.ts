import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import { renameSkill } from "@skills-registry/schema/fix";
import { digest } from "../files.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Wish } from "../project/project-schema.ts";
import type { Unpacked } from "../registry/unpack.ts";

/** One skill as it will lie on the disk. */
export interface PlacedContent {
  /** Its folder and name here. */
  name: string;
  /** Its name in the package. */
  from: string;
  /** Paths below its folder. */
  files: Entry[];
}

const SKILL_FILE = "SKILL.md";

/** The skills of a package that are wanted, under the names they are wanted by. Throws ENOTFOUND for one that it does not have. */
export function contentsOf(
  id: string,
  { skills, entries }: Unpacked,
  wish: Wish | undefined,
): PlacedContent[] {
  const names = skills.map(({ manifest }) => manifest.name);
  for (const wanted of [...(wish?.skills ?? []), ...Object.keys(wish?.as ?? {})]) {
    if (!names.includes(wanted)) throw noSuchSkill(id, wanted, names);
  }
  const chosen = skills.filter(({ manifest }) => wish?.skills?.includes(manifest.name) ?? true);
  return chosen.map(({ root, manifest }) => {
    const from = manifest.name;
    const name = wish?.as?.[from] ?? from;
    const files = filesOf(entries, root);
    return { name, from, files: name === from ? files : files.map((file) => renamed(file, name)) };
  });
}

/** The same as the lock keeps it. */
export function lockedSkills(contents: PlacedContent[]): LockedPackage["skills"] {
  const skills = contents.map(({ name, from, files }) => {
    const digests = Object.fromEntries(files.map(({ path, data }) => [path, digest(data)]));
    return [name, { ...(name === from ? {} : { from }), files: digests }] as const;
  });
  return Object.fromEntries(skills);
}

/** The files of one skill of a package, with their paths below its folder. */
function filesOf(entries: Entry[], root: string): Entry[] {
  const prefix = root === "" ? "" : `${root}/`;
  return entries
    .filter((entry) => entry.type === "file" && entry.path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

/** An agent knows a skill by the name in its frontmatter, which has to be that of its folder. */
function renamed(file: Entry, name: string): Entry {
  if (file.path !== SKILL_FILE) return file;
  const text = renameSkill(new TextDecoder().decode(file.data), name);
  return { ...file, data: new TextEncoder().encode(text) };
}

function noSuchSkill(id: string, wanted: string, names: string[]): SkillsError {
  return new SkillsError("ENOTFOUND", `${id} has no skill ${wanted}`, {
    hint: `It has ${names.join(", ")}.`,
  });
}
