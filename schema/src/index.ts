export * from "./api.ts";
export { foldPath, inspectArchive } from "./archive.ts";
export { errorTableMarkdown, issueTableMarkdown, manifestMarkdown } from "./docs.ts";
export * from "./entry.ts";
export * from "./errors.ts";
export { fixSkill, type SkillFix } from "./fix.ts";
export { type Frontmatter, type ParsedFrontmatter, parseFrontmatter } from "./frontmatter.ts";
export * from "./inspect.ts";
export * from "./issue.ts";
export { ISSUE_TABLE } from "./issue-table.ts";
export * from "./limits.ts";
export { type SkillManifest, skillJsonSchema } from "./manifest.ts";
export { manifestDifferences } from "./manifest-differences.ts";
export * from "./name.ts";
export {
  type PackageManifest,
  type ParsedPackage,
  parsePackageJson,
  toPackageManifest,
} from "./package-json.ts";
export type { Waiver } from "./package-schema.ts";
export { type ReadTarball, readTarball } from "./tarball.ts";
export { printable } from "./text.ts";
