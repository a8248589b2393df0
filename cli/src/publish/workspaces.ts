import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import type { Context } from "../context.ts";
import { parseJson } from "../files.ts";
import { mapWorkspaces } from "../registry/npm.ts";
import { holdsSkills } from "./folder.ts";

const rootManifest = z.looseObject({
  workspaces: z.union([z.array(z.string()), z.looseObject({ packages: z.array(z.string()) })]),
});

const ranges = z.record(z.string(), z.unknown()).catch({});
const memberManifest = z.object({
  name: z.string(),
  private: z.boolean().catch(false),
  dependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
});

/** A workspace with what decides whether and when it is published. */
interface Member {
  name: string;
  folder: string;
  isPrivate: boolean;
  /** Names of packages that it builds on, workspaces or not. */
  needs: string[];
}

/**
 * Folders of the npm workspaces of a repository that are skills or packs, each behind those that it depends on. `chosen` takes
 * some of them, by name or folder; without it, those that are private or no skill are left out. Throws EUSAGE where there are
 * no workspaces, or a chosen one is none of them.
 */
export async function findWorkspaces(context: Context, chosen: readonly string[]): Promise<string[]> {
  const members = inOrder(await readMembers(context.cwd));
  if (chosen.length > 0) {
    for (const wish of chosen)
      if (!members.some((member) => fits(context, member, wish))) throw unknown(wish);
    return members
      .filter((member) => chosen.some((wish) => fits(context, member, wish)))
      .map(({ folder }) => folder);
  }
  const skills: string[] = [];
  for (const { name, folder, isPrivate } of members) {
    if (!(await holdsSkills(folder))) continue;
    if (isPrivate) context.note(`skipping ${name}, which is private`);
    else skills.push(folder);
  }
  if (skills.length === 0) throw new SkillsError("EUSAGE", "none of the workspaces is a skill to publish");
  return skills;
}

async function readMembers(root: string): Promise<Member[]> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "");
  const manifest = rootManifest.safeParse(parseJson(text));
  if (!manifest.success) {
    throw new SkillsError("EUSAGE", "the package.json of this folder names no workspaces", {
      hint: "Go to the top of the repository, or name the folders of the skills.",
    });
  }
  const found = await mapWorkspaces(root, manifest.data);
  return Promise.all([...found].map(([name, folder]) => readMember(name, folder)));
}

async function readMember(name: string, folder: string): Promise<Member> {
  const json = parseJson(await readFile(join(folder, "package.json"), "utf8").catch(() => ""));
  const parsed = memberManifest.safeParse(json);
  if (!parsed.success) return { name, folder, isPrivate: false, needs: [] };
  const { private: isPrivate, dependencies, optionalDependencies, peerDependencies } = parsed.data;
  const needs = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return { name, folder, isPrivate, needs };
}

/** Dependencies first, else by name. Where they go in a circle, the one that is come to first is last. */
function inOrder(members: Member[]): Member[] {
  const byName = new Map(members.map((member) => [member.name, member]));
  const ordered = new Set<Member>();
  const visiting = new Set<Member>();
  const visit = (member: Member): void => {
    if (visiting.has(member)) return;
    visiting.add(member);
    for (const name of member.needs.toSorted()) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed);
    }
    ordered.add(member);
  };
  for (const name of [...byName.keys()].toSorted()) {
    const member = byName.get(name);
    if (member !== undefined) visit(member);
  }
  return [...ordered];
}

/** By name, by folder, or by a folder that workspaces lie in, as npm's --workspace. */
function fits({ cwd }: Context, { name, folder }: Member, wish: string): boolean {
  const path = relative(cwd, folder).split(sep).join("/");
  const wanted = wish.replace(/^\.\/|\/+$/g, "");
  return name === wish || path === wanted || path.startsWith(`${wanted}/`);
}

function unknown(wish: string): SkillsError {
  return new SkillsError("EUSAGE", `${wish} is no workspace of this folder`, {
    hint: "Name it as its package.json does, or by its folder.",
  });
}
