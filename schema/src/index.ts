export { compareAbilities } from "./abilities/abilities-answer.ts";
export * from "./api/audit.ts";
export * from "./api/diff.ts";
export * from "./api/error.ts";
export * from "./api/files.ts";
export * from "./api/issue.ts";
export * from "./api/namespace.ts";
export * from "./api/namespaces.ts";
export * from "./api/publish.ts";
export * from "./api/search.ts";
export * from "./api/signals.ts";
export * from "./api/skill.ts";
export * from "./api/stats.ts";
export * from "./api/trust.ts";
export { foldPath, inspectArchive } from "./archive.ts";
export { compareFiles } from "./diff/compare-files.ts";
export { errorTableMarkdown, issueTableMarkdown, manifestMarkdown } from "./docs.ts";
export * from "./entry.ts";
export * from "./errors.ts";
export { fixSkill, renameSkill, type SkillFix } from "./fix.ts";
export { type Frontmatter, type ParsedFrontmatter, parseFrontmatter } from "./frontmatter.ts";
export { generatePackageJson, packageJsonText, SKILL_KEYWORD } from "./generated-package.ts";
export * from "./inspect.ts";
export * from "./issue.ts";
export { ISSUE_TABLE } from "./issue-table.ts";
export * from "./limits.ts";
export { type SkillManifest, skillJsonSchema } from "./manifest.ts";
export { manifestDifferences } from "./manifest-differences.ts";
export * from "./name.ts";
export * from "./next-version.ts";
export {
  type PackageManifest,
  type ParsedPackage,
  parsePackageJson,
  toPackageManifest,
} from "./package-json.ts";
export type { ForkedFrom, ImportedFrom, Waiver } from "./package-schema.ts";
export type { Packer } from "./packer.ts";
export { sameContent } from "./same-content.ts";
export { type ReadTarball, readTarball } from "./tarball.ts";
export { isText, printable } from "./text.ts";
export { tokenChecksum } from "./token-checksum.ts";
export { TOKENS_MAX, tokens } from "./tokens.ts";
