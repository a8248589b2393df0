import type { Version } from "../store/metadata.ts";
import type { InspectedPackage } from "./candidate.ts";

/** What the registry keeps of a version that its bytes alone decide. */
export type VersionFacts = Pick<
  Version,
  | "integrity"
  | "shasum"
  | "size"
  | "unpackedSize"
  | "fileCount"
  | "hasScripts"
  | "manifest"
  | "readme"
  | "warnings"
>;

/** The same for the same bytes, whoever brings them: a publisher, or another registry. */
export function versionFacts(inspected: InspectedPackage): VersionFacts {
  const { inspection } = inspected;
  return {
    integrity: inspected.integrity,
    shasum: inspected.shasum,
    size: inspected.tarball.length,
    unpackedSize: inspected.unpackedSize,
    fileCount: inspected.fileCount,
    hasScripts: inspected.hasScripts,
    manifest: storedManifest(inspected),
    readme: inspection.skills.map((skill) => skill.text).join("\n\n"),
    warnings: [...inspection.issues, ...inspection.waived],
  };
}

/** package.json's public fields plus the skill manifests: `skill` for a single skill, `skills` for a pack. */
function storedManifest({ inspection, manifest }: InspectedPackage): Record<string, unknown> {
  const { skill: settings, ...fields } = manifest;
  const { skills } = inspection;
  const single = skills.find((found) => found.root === "");
  const packed = skills.filter((found) => found.root !== "");
  return {
    ...fields,
    description: fields.description ?? skills.map((found) => found.manifest.description).join(" "),
    ...(single === undefined && settings === undefined
      ? {}
      : { skill: { ...withoutSettings(single?.manifest), ...settings } }),
    ...(packed.length === 0
      ? {}
      : { skills: packed.map((found) => ({ ...found.manifest, path: found.root })) }),
  };
}

/** Frontmatter may have fields of any name: under those of package.json's `skill` it would pass for a setting, and state an origin. */
function withoutSettings(front: Record<string, unknown> | undefined): Record<string, unknown> {
  const { allow: _allow, importedFrom: _source, forkedFrom: _origin, ...rest } = front ?? {};
  return rest;
}
