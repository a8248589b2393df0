import {
  FIRST_VERSION,
  packageJsonText,
  renameSkill,
  SkillsError,
  type Entry,
  type ForkedFrom,
  type PackageName,
} from "@skills-registry/schema";
import { z } from "zod";
import { packageJsonOf } from "../publish/pack.ts";
import type { PackageJson } from "../registry/npm.ts";

/**
 * Fields of package.json that say what the skill is, and stay true of a fork. The rest is left behind: repository, bugs and
 * homepage would send the fork's users to others, publishConfig would send its tarballs there, and scripts of strangers would
 * run at the next npm publish.
 */
export const KEPT_FIELDS = [
  "description",
  "keywords",
  "license",
  "author",
  "contributors",
  "files",
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "engines",
] as const;

/** What a fork is made from, and what it is called. */
export interface Fork {
  origin: ForkedFrom;
  name: PackageName;
}

/**
 * The files of a published version as the source folder of a fork: package.json under the new name, at the first version, with
 * the origin in it; the name in the SKILL.md of a single skill renamed, everything else byte for byte.
 */
export function forkFiles(entries: readonly Entry[], fork: Fork): Entry[] {
  const original = packageJsonOf(entries);
  const manifest = forkedManifest(original ?? { name: fork.origin.name, version: fork.origin.version }, fork);
  const others = renamedFiles(entries, fork);
  return [...others, fileEntry("package.json", packageJsonText(manifest))];
}

/** The files of a version but for package.json, with the name that they have in the fork. */
export function renamedFiles(entries: readonly Entry[], { origin, name }: Fork): Entry[] {
  const files = entries.filter(({ type, path }) => type === "file" && path !== "package.json");
  return files.map((file) => (file.path === "SKILL.md" ? renamedSkill(file, origin, name.skill) : file));
}

function renamedSkill(file: Entry, { name, version }: ForkedFrom, skill: string): Entry {
  const text = renameSkill(new TextDecoder().decode(file.data), skill);
  if (text !== undefined) return { ...file, data: new TextEncoder().encode(text) };
  throw new SkillsError("ESKILLINVALID", `the name in SKILL.md of ${name}@${version} cannot be replaced`, {
    hint: "Fork it under the same skill name, as @me/name.",
  });
}

const waivers = z.object({ skill: z.object({ allow: z.unknown().optional() }) });

function forkedManifest(original: PackageJson, { origin, name }: Fork): PackageJson {
  const allow = waivers.safeParse(original).data?.skill.allow;
  const kept = KEPT_FIELDS.flatMap((field) =>
    original[field] === undefined ? [] : [[field, original[field]] as const],
  );
  return {
    name: name.full,
    version: FIRST_VERSION,
    ...Object.fromEntries(kept),
    skill: { ...(allow === undefined ? {} : { allow }), forkedFrom: origin },
  };
}

function fileEntry(path: string, text: string): Entry {
  return { path, type: "file", mode: 0o644, data: new TextEncoder().encode(text) };
}
