import { readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { exists } from "../files.ts";
import type { Placement } from "./placement.ts";
import { stateOf, targetsOf, type Target } from "./installed.ts";
import { ownerOf, type LockedPackage } from "../project/lockfile.ts";
import { displayPath, type Place } from "../project/project.ts";

/** Nothing that people wrote is overwritten: not another scope's skill, not a folder of their own, not local edits. */
export async function refuseOverwrites(
  name: string,
  entry: LockedPackage,
  { place, lock, overwrite }: Placement,
): Promise<void> {
  const before = lock[name];
  for (const skill of Object.keys(entry.skills)) {
    const owner = ownerOf(lock, skill);
    if (owner !== undefined && owner !== name) {
      throw new SkillsError("ESKILLCLASH", `a skill ${skill} is installed from ${owner}`, {
        hint: `Run skills remove ${owner} first to use the one of ${name}.`,
      });
    }
    const ours = before === undefined || owner === undefined ? [] : await targetsOf(place, skill, before);
    for (const target of await targetsOf(place, skill, entry)) {
      if (!ours.some(({ path }) => path === target.path)) await refuseStranger(place, target);
    }
  }
  if (before !== undefined && overwrite === "nothing") await refuseEdits(place, name, before);
}

/** Something that we did not place; a link to the canonical copy is as good as ours. */
async function refuseStranger(place: Place, { path, kind }: Target): Promise<void> {
  if (!(await exists(path))) return;
  const canonical = join(place.canonical, basename(path));
  const leadsTo = await readlink(path).catch(() => undefined);
  if (kind === "link" && leadsTo !== undefined && join(dirname(path), leadsTo) === canonical) return;
  throw new SkillsError(
    "ESKILLCLASH",
    `${displayPath(place, path)} is there already and was not installed by skills`,
  );
}

export async function refuseEdits(place: Place, name: string, before: LockedPackage): Promise<void> {
  for (const skill of Object.keys(before.skills)) {
    if ((await stateOf(place, skill, before)) === "modified") {
      throw new SkillsError(
        "ESKILLDIRTY",
        `${skill} (${name}@${before.version}) was edited since it was installed`,
      );
    }
  }
}
