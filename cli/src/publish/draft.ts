import {
  DEFAULT_LIMITS,
  FIRST_VERSION,
  generatePackageJson,
  SkillsError,
  inspectTarball,
  type Entry,
  type ImportedFrom,
  type Issue,
} from "@skills-registry/schema";
import { usageError } from "../usage-error.ts";
import { readFolder } from "./folder.ts";
import { inspectFolder, refuseErrors, unpackable } from "./inspect-folder.ts";
import type { PackageJson } from "../registry/npm.ts";
import { pack, packageJsonOf, type Packed } from "./pack.ts";

/** What a folder is before the registry has been asked. */
export interface Draft {
  entries: Entry[];
  /** With the version of package.json, or the first one. */
  manifest: PackageJson;
  /** Who decides the version: the author in package.json, or the registry's history. */
  versionFrom: "package" | "registry";
  /** Where the registry decides, a version that the next one is not below. */
  atLeast?: string | undefined;
  /** Where an imported skill comes from; stands in the manifest, too. */
  importedFrom?: ImportedFrom;
  /** Under the version of the manifest, where it had to be packed to be judged. */
  packed?: Packed;
  warnings: Issue[];
}

/** Reads, packs and inspects the folder: what is wrong with it is known without a registry. */
export async function prepareDraft({
  folder,
  scope,
}: {
  folder: string;
  scope: string | undefined;
}): Promise<Draft> {
  const entries = await readFolder(folder);
  refuseErrors(folder, unpackable(entries, folder));
  const own = packageJsonOf(entries);
  if (own !== undefined && scope !== undefined && !own.name.startsWith(`${scope}/`)) {
    throw usageError(`${folder}/package.json says ${own.name}, which is not in ${scope}`);
  }
  if (own?.["private"] === true) {
    throw new SkillsError("ESKILLINVALID", `${folder}/package.json says "private": true`, {
      hint: "Remove the field to publish the skill.",
    });
  }
  const manifest = own ?? (await deriveManifest(entries, folder, scope));
  const packed = await pack(entries, manifest);
  const { issues } = await inspectTarball(packed.tarball, DEFAULT_LIMITS);
  refuseErrors(folder, issues);
  return {
    entries,
    manifest,
    versionFrom: own === undefined ? "registry" : "package",
    packed,
    warnings: issues,
  };
}

async function deriveManifest(
  entries: Entry[],
  folder: string,
  scope: string | undefined,
): Promise<PackageJson> {
  const { skills, issues } = await inspectFolder(entries, folder);
  refuseErrors(folder, issues);
  const [skill] = skills;
  if (skill === undefined) throw new SkillsError("ESKILLINVALID", `${folder} holds no SKILL.md`);
  if (scope === undefined) {
    throw usageError(`${folder} has no package.json: name its namespace with --scope, as in --scope @acme`);
  }
  return generatePackageJson(`${scope}/${skill.manifest.name}`, FIRST_VERSION, skill.manifest);
}

/** The same files under another version. */
export async function packAs(draft: Draft, version: string): Promise<Packed> {
  if (version === draft.packed?.manifest.version) return draft.packed;
  return pack(draft.entries, { ...draft.manifest, version });
}

/**
 * The same files as they were packed for a version that is published: with the commit that they were imported from then, so
 * that the bytes are equal where a new commit is all that is new.
 */
export async function packLike(draft: Draft, version: string, commit: string | undefined): Promise<Packed> {
  const { importedFrom, manifest, entries } = draft;
  if (importedFrom === undefined || importedFrom.commit === commit) return packAs(draft, version);
  const skill = {
    ...Object(manifest["skill"]),
    importedFrom: { ...importedFrom, ...(commit === undefined ? {} : { commit }) },
  };
  return pack(entries, { ...manifest, version, skill });
}
