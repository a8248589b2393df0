import {
  inspectSkill,
  isError,
  isSkillName,
  parseFrontmatter,
  parsePackageJson,
  type Entry,
  type Issue,
  type SkillManifest,
} from "@skills-registry/schema";
import prerelease from "semver/functions/prerelease.js";
import valid from "semver/functions/valid.js";
import type { Draft } from "../publish/draft.ts";
import { inspectFolder } from "../publish/inspect-folder.ts";
import type { Candidate } from "./find.ts";
import { fixMaterial } from "./fix.ts";
import {
  importedManifest,
  manifestEntry,
  packageFields,
  packageFile,
  provenance,
  withoutPackageFile,
} from "./manifest.ts";
import type { Material } from "./prepare.ts";
import type { Origin } from "./tree.ts";

/** A candidate after the rules have been applied to it, before the registry has been asked. */
export interface Judged {
  candidate: Candidate;
  /** `@acme/x`; ends with the slash where nothing gives a name. */
  name: string;
  /** Absent where it cannot be published. */
  draft?: Draft;
  /** Why it cannot be, where no rule says it. */
  reason?: string;
  issues: Issue[];
  /** What --fix changed in the copy. */
  fixed: string[];
  /** What upstream's package.json calls it, where that is not `name`. */
  upstreamName?: string;
}

/** What is to be made of a candidate. */
export interface JudgeWish {
  /** `@acme` */
  namespace: string;
  skill: string;
  fix: boolean;
  /** True where the user named it: then "private" in its package.json does not count. */
  isChosen: boolean;
}

/** What a file says that Git LFS keeps somewhere else. */
const LFS_POINTER = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n");

/** Everything that can be said of a candidate without the registry. */
export async function judge(material: Material, origin: Origin, wish: JudgeWish): Promise<Judged> {
  const { candidate } = material;
  const { entries, changes } = wish.fix
    ? fixMaterial(material, wish.skill)
    : { entries: material.entries, changes: [] };
  const name = `${wish.namespace}/${wish.skill}`;
  const fields = packageFields(entries);
  const judged = { candidate, name, fixed: changes, ...otherName(fields, name) };
  const early = material.issues.length > 0 ? material.issues : earlyIssues(material, entries, wish);
  if (early.length > 0) return { ...judged, issues: early };
  const reason = reasonAgainst(fields, entries, wish);
  if (reason !== undefined) return { ...judged, issues: [], reason };
  const files = withoutPackageFile(entries);
  const skill = candidate.kind === "skill" ? describedIn(files) : undefined;
  const manifest = importedManifest(name, { fields, skill }, { origin, candidate });
  const { issues } = await inspectFolder([...files, manifestEntry(manifest)], wish.skill);
  if (issues.some(isError)) return { ...judged, issues };
  const draft: Draft = {
    entries: files,
    manifest,
    versionFrom: "registry",
    atLeast: versionOf(fields),
    importedFrom: provenance(origin, candidate),
    warnings: issues,
  };
  return { ...judged, issues, draft };
}

/** What stands in the way of a manifest: no usable name, or a package.json that cannot be read. */
function earlyIssues({ candidate, folderName }: Material, entries: Entry[], wish: JudgeWish): Issue[] {
  const file = packageFile(entries);
  if (file !== undefined && packageFields(entries) === undefined) return parsePackageJson(file.data).issues;
  const isOdd = candidate.kind === "skill" && folderName !== "" && !isSkillName(folderName);
  if (wish.skill !== "" && (!isOdd || wish.fix)) return [];
  const folder = folderName === "" ? wish.skill : folderName;
  return inspectSkill(withoutPackageFile(entries), { folder }).issues;
}

function reasonAgainst(
  fields: Record<string, unknown> | undefined,
  entries: readonly Entry[],
  { isChosen }: JudgeWish,
): string | undefined {
  if (fields?.["private"] === true && !isChosen)
    return 'its package.json says "private": true; name it with --select to import it all the same';
  const pointer = entries.find(({ data }) => isPointer(data));
  return pointer === undefined
    ? undefined
    : `${pointer.path} is kept by Git LFS and is not in the repository; import a folder where git lfs pull has run`;
}

function otherName(fields: Record<string, unknown> | undefined, name: string): { upstreamName?: string } {
  const upstreamName = fields?.["name"];
  return typeof upstreamName === "string" && upstreamName !== name ? { upstreamName } : {};
}

function isPointer(data: Uint8Array): boolean {
  return Buffer.compare(data.subarray(0, LFS_POINTER.length), LFS_POINTER) === 0;
}

/** What package.json takes over from the frontmatter; whether it is right, the rules say. */
function describedIn(entries: readonly Entry[]): SkillManifest | undefined {
  const file = entries.find(({ path, type }) => path === "SKILL.md" && type === "file");
  const data = file && parseFrontmatter(new TextDecoder().decode(file.data), file.path).frontmatter?.data;
  const { name, description, license } = data ?? {};
  if (typeof name !== "string" || typeof description !== "string") return undefined;
  return { name, description, ...(typeof license === "string" ? { license } : {}) };
}

/** A version that upstream has given; one that is not finished would become the latest. */
function versionOf(fields: Record<string, unknown> | undefined): string | undefined {
  const version = fields?.["version"];
  if (typeof version !== "string" || valid(version) !== version || prerelease(version) !== null)
    return undefined;
  return version;
}
