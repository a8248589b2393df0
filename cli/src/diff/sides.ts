import { isAbsolute, resolve } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { contentsOf } from "../install/contents.ts";
import type { Unpacked } from "../registry/unpack.ts";
import { openSources } from "../install/sources.ts";
import { packageMeant, type Lock, type LockedPackage } from "../project/lockfile.ts";
import { lockedWish } from "../project/locked-wish.ts";
import type { Place } from "../project/project.ts";
import { parseSkillSpec, resolveSkill } from "../registry/fetch-skill.ts";
import type { Side } from "./describe-change.ts";
import { installedEntries } from "./installed-entries.ts";
import { placedEntries } from "./placed-entries.ts";

/** What two arguments mean: folders, or versions of skills in a registry. */
export async function givenSide(context: Context, text: string): Promise<Side> {
  if (isFolder(text)) return folderSide(context, text);
  const spec = await parseSkillSpec(text);
  const { name, version, download } = await resolveSkill(context, spec);
  const { entries } = await download();
  return { label: `${name}@${version}`, published: { name, version }, entries };
}

/** True for an argument that is a path: `.`, `./x`, `../x`, `/x`. */
export function isFolder(text: string): boolean {
  return text === "." || text === ".." || /^\.{1,2}[\\/]/.test(text) || isAbsolute(text);
}

async function folderSide(context: Context, text: string): Promise<Side> {
  const { expandFolder, readFolder } = await import("../publish/folder.ts");
  const folder = resolve(context.cwd, text);
  await expandFolder(folder);
  return { label: text, published: undefined, entries: await readFolder(folder) };
}

/**
 * What one argument is compared with: the files here. Without a version they are compared with what was installed, which
 * shows local edits; with one, that version is what they would become. Throws ENOTINSTALLED.
 */
export async function sidesHere(
  context: Context,
  text: string,
  { place, lock }: { place: Place; lock: Lock },
): Promise<[Side, Side]> {
  const spec = await parseSkillSpec(packageMeant(lock, text));
  const { name } = spec;
  const entry = lock[name];
  if (entry === undefined)
    throw new SkillsError("ENOTINSTALLED", `${name} is not installed here`, {
      hint: `Name two versions to compare, as in skills diff ${name}@1.0.0 ${name}@2.0.0.`,
    });
  const here: Side = {
    label: `${name} here`,
    published: { name, version: entry.version },
    entries: await installedEntries(place, entry),
  };
  if (spec.raw === name) {
    const source = await openSources(context).locked(name, entry);
    return [placedSide(name, entry, { ...source, ...(await source.unpack()) }), here];
  }
  const resolved = await resolveSkill(context, spec);
  return [here, placedSide(name, entry, { ...resolved, ...(await resolved.download()) })];
}

/** A version as it would lie here: the skills of a pack that were asked for, under the names they have here. */
function placedSide(name: string, entry: LockedPackage, found: Unpacked & { version: string }): Side {
  const id = `${name}@${found.version}`;
  return {
    label: id,
    published: { name, version: found.version },
    entries: placedEntries(contentsOf(id, found, lockedWish(entry))),
  };
}
