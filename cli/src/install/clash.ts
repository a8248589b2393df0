import { readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import { exists, mapFew } from "../files.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { displayPath, type Place } from "../project/project.ts";
import { pathsOf, stateOf, targetsOf, type Target } from "./installed.ts";
import type { PackagePlan } from "./package-plan.ts";

/** Two packages may not bring a skill of the same name: an agent would know only one of them. */
export function refuseDoubles(packages: readonly PackagePlan[]): void {
  const owners = new Map<string, string>();
  for (const { name, after } of packages) {
    for (const skill of Object.keys(after?.skills ?? {})) {
      const other = owners.get(skill);
      if (other !== undefined) throw double(skill, [other, name], packages);
      owners.set(skill, name);
    }
  }
}

/** Nothing that people wrote is overwritten: not a folder of their own, not local edits. */
export async function refuseOverwrites(
  place: Place,
  packages: readonly PackagePlan[],
  overwrite: "nothing" | "edits",
): Promise<void> {
  const changed = packages.filter(({ action }) => action !== "unchanged" && action !== "kept");
  const ours = new Set(
    (
      await Promise.all(
        changed.map(async ({ before }) => (before === undefined ? [] : pathsOf(place, before))),
      )
    ).flat(),
  );
  const targets = changed.flatMap(({ after, contents }) =>
    after === undefined ? [] : contents.map(async ({ name }) => targetsOf(place, name, after)),
  );
  const foreign = (await Promise.all(targets)).flat().filter(({ path }) => !ours.has(path));
  throwFirst(await mapFew(foreign, async (target) => strangerAt(place, target)));
  if (overwrite === "edits") return;
  throwFirst(await mapFew(changed, async ({ name, before }) => editsOf(place, name, before)));
}

/** All are looked at together; of several refusals the first one counts, whichever was found first. */
function throwFirst(refusals: (SkillsError | undefined)[]): void {
  const first = refusals.find((refusal) => refusal !== undefined);
  if (first !== undefined) throw first;
}

/** Something that we did not place; a link to the canonical copy is as good as ours. */
async function strangerAt(place: Place, { path, kind }: Target): Promise<SkillsError | undefined> {
  if (!(await exists(path))) return undefined;
  const canonical = join(place.canonical, basename(path));
  const leadsTo = await readlink(path).catch(() => undefined);
  if (kind === "link" && leadsTo !== undefined && join(dirname(path), leadsTo) === canonical)
    return undefined;
  return new SkillsError(
    "ESKILLCLASH",
    `${displayPath(place, path)} is there already and was not installed by skills`,
    { hint: "Move it away, or install the skill under another name with --as." },
  );
}

async function editsOf(
  place: Place,
  name: string,
  before: LockedPackage | undefined,
): Promise<SkillsError | undefined> {
  if (before === undefined) return undefined;
  const skills = Object.keys(before.skills);
  const states = await Promise.all(skills.map(async (skill) => stateOf(place, skill, before)));
  const edited = skills.find((_, index) => states[index] === "modified");
  if (edited === undefined) return undefined;
  return new SkillsError(
    "ESKILLDIRTY",
    `${edited} (${name}@${before.version}) was edited since it was installed`,
    { hint: `Run skills diff ${name} to see the edits; --force overwrites them and keeps a copy.` },
  );
}

/** The package that is coming is the one to rename; of two that are, the second. */
function double(
  skill: string,
  [first, second]: [string, string],
  packages: readonly PackagePlan[],
): SkillsError {
  const isNew = (name: string): boolean =>
    packages.find((plan) => plan.name === name)?.before?.skills[skill] === undefined;
  const [there, coming] = isNew(first) && !isNew(second) ? [second, first] : [first, second];
  const namespace = coming.slice(1, coming.indexOf("/"));
  return new SkillsError("ESKILLCLASH", `${there} and ${coming} both have a skill ${skill}`, {
    hint: `Give one of them another name, as in skills add ${coming} --as ${skill}=${namespace}-${skill}, or run skills remove ${there} first.`,
  });
}
