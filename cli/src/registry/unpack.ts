import { DEFAULT_LIMITS, SkillsError, isError, type Entry } from "@skills-registry/schema/basics";
import { inspectTarball, type InspectedSkill } from "@skills-registry/schema/inspect";
import type { NpmOptions } from "./npm.ts";
import { fetchTarball } from "./tarball-cache.ts";

/** A verified and inspected tarball. */
export interface Unpacked {
  skills: InspectedSkill[];
  entries: Entry[];
}

/** Where the bytes of a version are, and what they have to be. */
export interface TarballAddress {
  name: string;
  version: string;
  url: string;
  /** SRI, one sha512. */
  integrity: string;
}

/** The bytes of a version; throws EINTEGRITY unless they are the ones that its integrity means. */
export async function download(
  { name, version, url, integrity }: TarballAddress,
  options: NpmOptions,
): Promise<Uint8Array> {
  return fetchTarball({ id: `${name}@${version}`, url, integrity, limit: DEFAULT_LIMITS.tarball }, options);
}

/** What the package.json of a tarball has to say. */
interface Identity {
  name: string;
  version: string;
  /** What the tarball says, where the skill has moved to another name since. */
  publishedAs?: string | undefined;
}

/** The same inspection as at publish: the registry is not trusted to have done it. */
export async function unpack(bytes: Uint8Array, { name, version, publishedAs }: Identity): Promise<Unpacked> {
  const { skills, issues, entries, packageManifest } = await inspectTarball(bytes, DEFAULT_LIMITS);
  const errors = issues.filter(isError);
  if (skills.length === 0)
    throw new SkillsError("ENOTSKILL", `${name}@${version} holds no skill`, { issues: errors });
  if (errors.length > 0)
    throw new SkillsError("ESKILLINVALID", `${name}@${version} breaks the rules of skills`, {
      issues: errors,
    });
  // The signature binds the bytes to the name that the skill has; those of a skill that moved say what it was called.
  const names = [name, publishedAs];
  const isNamed = packageManifest !== undefined && names.includes(packageManifest.name);
  if (!isNamed || packageManifest.version !== version) {
    throw new SkillsError(
      "ESKILLMISMATCH",
      `the tarball of ${name}@${version} says it is another package or version`,
    );
  }
  return { skills, entries };
}
