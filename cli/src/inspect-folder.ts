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
} from "@skills-registry/schema";
import { pack, packageJsonOf } from "./pack.ts";

/** Stands in where a folder has no usable package.json and npm's packer wants one. */
const PLACEHOLDER = { name: "@folder/skill", version: "1.0.0" };

/**
 * What the validator says of a folder. What npm's ignore files or `files` leave out is not published, so it is not judged:
 * where there are such rules, npm's own packer picks the files; elsewhere it need not be loaded.
 */
export async function inspectFolder(entries: Entry[], folder: string): Promise<Inspection> {
  const judged = hasIgnoreRules(entries) ? await packedEntries(entries) : entries;
  return inspectSkill(judged, { folder: basename(folder) });
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

async function packedEntries(entries: Entry[]): Promise<Entry[]> {
  const own = usablePackageJson(entries);
  const { tarball } = await pack(entries, own ?? PLACEHOLDER);
  const packed = (await readTarball(tarball, DEFAULT_LIMITS)).entries;
  return own === undefined ? packed.filter(({ path }) => path !== "package.json") : packed;
}

/** undefined also for a package.json that is wrong: the inspection itself says why. */
function usablePackageJson(entries: Entry[]): ReturnType<typeof packageJsonOf> {
  try {
    return packageJsonOf(entries);
  } catch {
    return undefined;
  }
}
