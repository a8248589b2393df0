import type { IssueRule } from "./issue-rule.ts";

/** Rules on package.json, and on the report itself. */
export const PACKAGE_ISSUES = {
  "package.missing": {
    severity: "error",
    summary: "The package has a package.json at its root.",
    fix: "Add a package.json with name and version, or use skills publish, which writes one.",
  },
  "package.json": {
    severity: "error",
    summary: "package.json is a JSON object of at most 256 KB in UTF-8.",
    fix: "Correct the file.",
  },
  "package.name": {
    severity: "error",
    summary: "The package name is @namespace/skill-name, in lower case.",
    fix: "Write the name like @acme/legal-documents.",
  },
  "package.version": {
    severity: "error",
    summary: "The version is an exact semantic version in its shortest form.",
    fix: "Write the version like 1.0.0.",
  },
  "package.scripts": {
    severity: "error",
    summary:
      "No scripts that npm runs at install time: preinstall, install, postinstall, prepare and their like.",
    fix: "Remove the script; a skill runs nothing when it is installed.",
  },
  "package.gyp": {
    severity: "error",
    summary: "gypfile is not set: it makes npm compile at install time.",
    fix: "Remove gypfile.",
  },
  "package.bundled": {
    severity: "error",
    summary: "No bundled dependencies.",
    fix: "Remove bundleDependencies.",
  },
  "package.dependencies": {
    severity: "error",
    summary: "Dependencies are skills of a registry, with a version range or a dist-tag.",
    fix: 'Write dependencies like "@acme/letterheads": "^1.0.0", and remove the others.',
  },
  "package.bin": {
    severity: "error",
    summary: "No bin and no directories.bin: a skill puts nothing on the PATH.",
    fix: "Remove the field.",
  },
  "package.field": {
    severity: "error",
    summary: "The fields of package.json have the types that npm defines, and a sensible size.",
    fix: "Correct or remove the field.",
  },
  "package.characters": {
    severity: "error",
    summary:
      "Texts in package.json have no control characters, no bidirectional controls and no hidden text, escaped or not.",
    fix: "Remove the characters.",
  },
  "package.waiver": {
    severity: "error",
    summary: "skill.allow lists findings as { path, code }, with a code that can be waived.",
    fix: "Only content.private-key and content.token can be waived.",
  },
  "package.waiver.unused": {
    severity: "warning",
    summary: "Every entry of skill.allow matches a finding.",
    fix: "Remove the entry.",
  },
  "report.truncated": {
    severity: "warning",
    summary: "At most 100 findings of one code are listed.",
    fix: "Correct those that are listed, and validate again.",
  },
} as const satisfies Record<string, IssueRule>;
