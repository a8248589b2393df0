import { basename } from "node:path";
import {
  DEFAULT_LIMITS,
  inspectSkill,
  isError,
  readTarball,
  SkillsError,
  type Entry,
  type Inspection,
  type Issue,
  type ReadTarball,
} from "@skills-registry/schema";
import { pack, packageJsonOf } from "./pack.ts";

/** Stands in where a folder has no usable package.json and npm's packer wants one. */
const PLACEHOLDER = { name: "@folder/skill", version: "1.0.0" };

/** Below this size, in bytes, no folder makes a tarball that is too large, or that unpacks to too many times its size. */
const SMALL = 1024 * 1024;

/**
 * What the validator says of a folder. It is packed first where that makes a difference: npm's ignore files or `files` leave
 * something out, which is not judged then, or the tarball itself could break a limit. Elsewhere npm's packer need not be
 * loaded, which takes longer than all of the rest.
 */
export async function inspectFolder(entries: Entry[], folder: string): Promise<Inspection> {
  const size = entries.reduce((sum, { data }) => sum + data.length, 0);
  if (!hasIgnoreRules(entries) && size < SMALL) return inspectSkill(entries, { folder: basename(folder) });
  const packed = await readPacked(entries);
  // What the packer drops without a word is still judged where no rule asked for it.
  const kept = hasIgnoreRules(entries) ? packed.entries : entries;
  const inspection = inspectSkill(packed.complete ? kept : entries, { folder: basename(folder) });
  return { ...inspection, issues: [...packed.issues, ...inspection.issues] };
}

/** Findings about links and the like, which npm's packer drops without a word. */
export function unpackable(entries: Entry[], folder: string): Issue[] {
  if (hasIgnoreRules(entries)) return [];
  const dropped = new Set(
    entries.filter(({ type }) => type === "symlink" || type === "other").map(({ path }) => path),
  );
  if (dropped.size === 0) return [];
  return inspectSkill(entries, { folder: basename(folder) }).issues.filter(({ path }) => dropped.has(path));
}

/** Throws ESKILLINVALID with all findings when one of them is an error. */
export function refuseErrors(folder: string, issues: Issue[]): void {
  const errors = issues.filter(isError).length;
  if (errors === 0) return;
  const rules = errors === 1 ? "a rule" : `${errors} rules`;
  throw new SkillsError("ESKILLINVALID", `${folder} breaks ${rules} of skills`, { issues });
}

function hasIgnoreRules(entries: Entry[]): boolean {
  const ignored = entries.some(({ path }) => /(^|\/)\.(npm|git)ignore$/.test(path));
  return ignored || Array.isArray(usablePackageJson(entries)?.["files"]);
}

async function readPacked(entries: Entry[]): Promise<ReadTarball> {
  const own = usablePackageJson(entries);
  const { tarball } = await pack(entries, own ?? PLACEHOLDER);
  const packed = await readTarball(tarball, DEFAULT_LIMITS);
  if (own !== undefined) return packed;
  return { ...packed, entries: packed.entries.filter(({ path }) => path !== "package.json") };
}

/** undefined also for a package.json that is wrong: the inspection itself says why. */
function usablePackageJson(entries: Entry[]): ReturnType<typeof packageJsonOf> {
  try {
    return packageJsonOf(entries);
  } catch {
    return undefined;
  }
}
