import type { z } from "zod";
import type { Frontmatter } from "./frontmatter.ts";
import { type Issue, issue, type IssueCode } from "./issue.ts";
import { SKILL_FIELDS, type SkillManifest, skillManifestSchema } from "./manifest.ts";
import { isSkillName, slugify } from "./name.ts";
import { countCharacters, hasUnsafeCharacters, plural, quote } from "./text.ts";
import { isRecord } from "./yaml.ts";

/** What the manifest has to agree with. */
export interface ManifestContext {
  /** Path of the SKILL.md, for the issues. */
  path: string;
  /** The name that package or folder asks for; undefined when package.json has none. */
  expectedName: string | undefined;
  /** Version of the package; undefined for a folder without package.json. */
  version: string | undefined;
}

/**
 * Frontmatter → skill manifest. The manifest is there unless there are errors.
 * Where a field that no agent depends on has an odd type, it is a warning, and the field is turned into what it was meant to be.
 */
export function inspectManifest(
  frontmatter: Frontmatter,
  context: ManifestContext,
): { manifest?: SkillManifest; issues: Issue[] } {
  const { data, lines } = frontmatter;
  const report: Report = (code, field, message) => {
    const line = lines.get(field) ?? lines.get(field.split(".")[0] ?? "") ?? 1;
    return issue(code, { path: context.path, line, message });
  };
  const shaped = skillManifestSchema.safeParse(data);
  const problems = shaped.success ? [] : shaped.error.issues;
  const issues = [
    ...problems.map((problem) => toIssue(problem, data, { report, context })),
    ...inspectName(data["name"], context.expectedName, report),
    ...inspectFields(data, report),
    ...inspectCharacters(data, report),
    ...inspectVersion(data["metadata"], context.version, report),
  ];
  const manifest = skillManifestSchema.safeParse(lenient(data));
  return { ...(manifest.success && !issues.some(isFatal) ? { manifest: manifest.data } : {}), issues };
}

/** An issue at the line of a field. */
type Report = (code: IssueCode, field: string, message: string) => Issue;

function isFatal(found: Issue): boolean {
  return found.severity === "error";
}

/** The one place that knows zod's findings: they never leave the package. */
function toIssue(
  problem: z.core.$ZodIssue,
  data: Record<string, unknown>,
  by: { report: Report; context: ManifestContext },
): Issue {
  const [field = "", key] = problem.path.map(String);
  const { report } = by;
  const value = data[field];
  switch (field) {
    case "name":
      return nameIssue(value, by);
    case "description":
      return descriptionIssue(value, report);
    case "compatibility":
      return report("manifest.compatibility", field, `compatibility ${textProblem(value)}`);
    case "allowed-tools":
      return report("manifest.allowed-tools", field, `allowed-tools is ${typeName(value)}, not text`);
    default:
      return key === undefined
        ? report("manifest.field.type", field, `${field} is ${typeName(value)}`)
        : report("manifest.metadata", `metadata.${key}`, `metadata.${quote(key)} is not text`);
  }
}

function nameIssue(value: unknown, by: { report: Report; context: ManifestContext }): Issue {
  if (value === undefined || value === null || value === "") {
    return by.report("manifest.name.missing", "name", "there is no name");
  }
  if (typeof value !== "string") {
    const found = by.report("manifest.name.pattern", "name", `the name is ${typeName(value)}`);
    return { ...found, fix: "Write the name as text; put quotes around a number." };
  }
  const found = by.report("manifest.name.pattern", "name", `the name ${quote(value)} is not a skill name`);
  const { expectedName = "" } = by.context;
  const better = isSkillName(expectedName) ? expectedName : slugify(value);
  return better === ""
    ? found
    : { ...found, fix: `Write name: ${better}; skills validate --fix does it for you.` };
}

function descriptionIssue(value: unknown, report: Report): Issue {
  if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) {
    return report("manifest.description.missing", "description", "there is no description");
  }
  return report("manifest.description.length", "description", `the description ${textProblem(value)}`);
}

function textProblem(value: unknown): string {
  if (typeof value !== "string") return `is ${typeName(value)}`;
  return value.trim() === "" ? "is empty" : `has ${plural(countCharacters(value), "character")}`;
}

function typeName(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

function inspectName(name: unknown, expected: string | undefined, report: Report): Issue[] {
  if (typeof name !== "string" || !isSkillName(name) || expected === undefined || name === expected)
    return [];
  const message = `the name is ${quote(name)}, the package or folder says ${quote(expected)}`;
  const found = report("manifest.name.mismatch", "name", message);
  return [isSkillName(expected) ? found : { ...found, fix: `Rename the folder to ${name}.` }];
}

function inspectFields(data: Record<string, unknown>, report: Report): Issue[] {
  return Object.keys(data)
    .filter((field) => !SKILL_FIELDS.includes(field))
    .map((field) =>
      report("manifest.field.unknown", field, `the field ${quote(field)} is not in the specification`),
    );
}

/** YAML escapes (`"\e[2J"`) put characters into values that the text of the file does not show. */
function inspectCharacters(data: Record<string, unknown>, report: Report): Issue[] {
  return Object.entries(data)
    .filter(([field, value]) => textsIn(field, value).some(hasUnsafeCharacters))
    .map(([field]) =>
      report("manifest.characters", field, `${quote(field)} has characters that cannot be seen`),
    );
}

function textsIn(...values: unknown[]): string[] {
  return values.flatMap((value) => {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return textsIn(...value);
    return isRecord(value) ? textsIn(...Object.keys(value), ...Object.values(value)) : [];
  });
}

function inspectVersion(metadata: unknown, version: string | undefined, report: Report): Issue[] {
  const stated = isRecord(metadata) ? scalarText(metadata["version"]) : undefined;
  if (version === undefined || stated === undefined || stated === version) return [];
  const message = `metadata.version is ${quote(stated)}, the package's version is ${quote(version)}`;
  return [report("manifest.version", "metadata.version", message)];
}

/** The fields that only warn, as text; what cannot be text is left out. */
function lenient(data: Record<string, unknown>): Record<string, unknown> {
  const { license, metadata, "allowed-tools": tools, ...rest } = data;
  const licenseText = scalarText(license);
  const toolsText = listText(tools, " ") ?? scalarText(tools);
  return {
    ...rest,
    ...(licenseText === undefined ? {} : { license: licenseText }),
    ...(isRecord(metadata) ? { metadata: textValues(metadata) } : {}),
    ...(toolsText === undefined ? {} : { "allowed-tools": toolsText }),
  };
}

function textValues(metadata: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(metadata).map(([key, value]): [string, string] => {
    return [key, scalarText(value) ?? listText(value, ", ") ?? JSON.stringify(value)];
  });
  return Object.fromEntries(texts);
}

/** Undefined for what is not a list of plain values. */
function listText(value: unknown, separator: string): string | undefined {
  const texts = Array.isArray(value) ? value.map(scalarText) : [undefined];
  return texts.includes(undefined) ? undefined : texts.join(separator);
}

function scalarText(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
