import { isDeepStrictEqual } from "node:util";
import { SkillsError } from "@skills-registry/schema/basics";
import { contentsOf, lockedSkills, type PlacedContent } from "../install/contents.ts";
import { lockedWish } from "../project/locked-wish.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Unpacked } from "../registry/unpack.ts";

/** The skills of a package as skills.lock would have them lie here. Throws ESKILLDRIFT where the package has no such skill. */
export function publishedContents(name: string, entry: LockedPackage, unpacked: Unpacked): PlacedContent[] {
  try {
    return contentsOf(`${name}@${entry.version}`, unpacked, lockedWish(entry));
  } catch (error) {
    if (error instanceof SkillsError && error.code === "ENOTFOUND") throw otherwise(name, error.message);
    throw error;
  }
}

interface Published {
  published: PlacedContent[];
  dependencies: Record<string, string>;
}

/**
 * Throws ESKILLDRIFT unless skills.lock has the skills, digests and dependencies of what was published. The signature proves
 * the tarball alone: whoever edits a file, and its digest in skills.lock with it, leaves all else as it was.
 */
export function refuseOtherEntry(
  name: string,
  { version, skills, dependencies }: LockedPackage,
  { published, dependencies: real }: Published,
): void {
  const id = `${name}@${version}`;
  if (!isDeepStrictEqual({ ...dependencies }, { ...real }))
    throw otherwise(name, `skills.lock has other dependencies of ${id} than the registry`);
  const right = lockedSkills(published);
  const skill = [...new Set([...Object.keys(skills), ...Object.keys(right)])].find(
    (one) => !isDeepStrictEqual(skills[one], right[one]),
  );
  if (skill === undefined) return;
  const [files, known] = [skills[skill]?.files ?? {}, right[skill]?.files ?? {}];
  const path = Object.keys({ ...files, ...known }).find((one) => files[one] !== known[one]) ?? "";
  throw otherwise(name, `skills.lock says of ${skill}/${path} what was not published as ${id}`);
}

function otherwise(name: string, message: string): SkillsError {
  return new SkillsError("ESKILLDRIFT", message, {
    hint: `Restore skills.lock from version control, or run skills remove ${name} and add it again.`,
  });
}
