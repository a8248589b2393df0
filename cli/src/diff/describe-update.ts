import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import type { PackagePlan } from "../install/package-plan.ts";
import type { Sources } from "../install/sources.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Unpacked } from "../registry/unpack.ts";
import type { Line } from "../terminal/line.ts";
import { describeChange, type Change, type Detail, type Side } from "./describe-change.ts";

export interface DescribedUpdate {
  /** Null where the version that is here cannot be had any more. */
  json: Change | null;
  lines: Line[];
}

/** What an update of one package changes; undefined for a plan that is none. */
export async function describeUpdate(
  { name, action, before, after, unpacked }: PackagePlan,
  sources: Sources,
  detail: Detail,
): Promise<DescribedUpdate | undefined> {
  if (action !== "updated" || before === undefined || after === undefined || unpacked === undefined)
    return undefined;
  const old = await oldVersion(name, before, sources);
  if (old === undefined) {
    const reason = `what changes is not known: ${name}@${before.version} cannot be had any more`;
    return { json: null, lines: [[{ text: reason, style: "warning" }]] };
  }
  return describeChange(sideOf(name, before, old), sideOf(name, after, unpacked), detail);
}

/** A version that was deleted upstream is no reason not to update. */
async function oldVersion(
  name: string,
  before: LockedPackage,
  sources: Sources,
): Promise<Unpacked | undefined> {
  try {
    return await (await sources.locked(name, before)).unpack();
  } catch (error) {
    if (error instanceof SkillsError && error.code === "ENOTFOUND") return undefined;
    throw error;
  }
}

function sideOf(name: string, entry: LockedPackage, unpacked: Unpacked): Side {
  const { version } = entry;
  return { label: `${name}@${version}`, published: { name, version }, entries: placedOf(unpacked, entry) };
}

/** The files of a package without those of skills that are not wanted of it. */
function placedOf({ skills, entries }: Unpacked, { skills: placed }: LockedPackage): Entry[] {
  const names = new Set(Object.entries(placed).map(([name, { from }]) => from ?? name));
  const roots = skills.flatMap(({ root, manifest }) => (names.has(manifest.name) ? [] : [`${root}/`]));
  return entries.filter(({ path }) => !roots.some((root) => path.startsWith(root)));
}
