import {
  FIRST_VERSION,
  generatePackageJson,
  packageJsonText,
  type Entry,
  type ImportedFrom,
  type SkillManifest,
} from "@skills-registry/schema";
import { z } from "zod";
import { parseJson } from "../files.ts";
import type { PackageJson } from "../registry/npm.ts";
import { inside, type Candidate } from "./find.ts";
import type { Origin } from "./tree.ts";

const PACKAGE_JSON = "package.json";

/** The author's own publishing: another name, another registry, none at all. None of it is about ours. */
const NOT_TAKEN = new Set(["name", "version", "private", "publishConfig", "repository", "skill"]);

const record = z.record(z.string(), z.unknown());

/** The fields of the upstream's package.json; undefined without one, or with one that is no JSON object. */
export function packageFields(entries: readonly Entry[]): Record<string, unknown> | undefined {
  const file = packageFile(entries);
  if (file === undefined) return undefined;
  const text = new TextDecoder().decode(file.data).replace(/^\uFEFF/, "");
  return record.safeParse(parseJson(text)).data;
}

export function packageFile(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ path, type }) => path === PACKAGE_JSON && type === "file");
}

export function withoutPackageFile(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ path }) => path !== PACKAGE_JSON);
}

/** The manifest as a file, for the rules to judge. */
export function manifestEntry(manifest: PackageJson): Entry {
  const data = new TextEncoder().encode(packageJsonText(manifest));
  return { path: PACKAGE_JSON, type: "file", mode: 0o644, data };
}

export function provenance(origin: Origin, { path }: Candidate): ImportedFrom {
  const { repository, commit } = origin;
  return { repository, ...(commit === undefined ? {} : { commit }), path };
}

/** package.json of the imported skill: what the upstream's says, our name, and where it comes from. */
export function importedManifest(
  name: string,
  from: { fields: Record<string, unknown> | undefined; skill: SkillManifest | undefined },
  source: { origin: Origin; candidate: Candidate },
): PackageJson {
  const { fields = {}, skill } = from;
  const taken = Object.entries(fields).filter(([field]) => !NOT_TAKEN.has(field));
  const importedFrom = provenance(source.origin, source.candidate);
  return {
    ...generatePackageJson(name, FIRST_VERSION, skill),
    ...Object.fromEntries(taken),
    ...repositoryField(source),
    skill: { ...record.safeParse(fields["skill"]).data, importedFrom },
  };
}

function repositoryField({ origin, candidate }: { origin: Origin; candidate: Candidate }): object {
  if (!origin.isRepository) return {};
  const directory = inside("", candidate.path);
  const url = `git+${origin.repository}`;
  return { repository: { type: "git", url, ...(directory === "" ? {} : { directory }) } };
}
