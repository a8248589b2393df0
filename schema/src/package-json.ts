import validVersion from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import { z } from "zod";
import { type Issue, issue, type IssueCode } from "./issue.ts";
import { type PackageName, parsePackageName } from "./name.ts";
import { packageFieldsSchema, skillSettingsSchema } from "./package-schema.ts";
import { grouped, hasUnsafeCharacters, plural, quote } from "./text.ts";
import { isRecord, parseYaml } from "./yaml.ts";

/** Bytes; npm's own largest manifests have 60 KB, most of that fields we do not keep. */
const PACKAGE_JSON_MAX = 256 * 1024;

/** Characters of a package.json whose findings get line numbers. */
const LINES_MAX = 16 * 1024;

/** As in semver itself. */
const VERSION_MAX = 256;

const PATH = "package.json";

/** What npm runs when the package is installed, removed, or installed from git. `prepublishOnly` and `prepack` run on the author's machine only. */
const INSTALL_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
  "prepublish",
  "preuninstall",
  "uninstall",
  "postuninstall",
  "dependencies",
];

const DEPENDENCY_FIELDS = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

/** A dist-tag, as opposed to a URL, a path, an alias or a git reference, which all have a colon or a slash. */
const DIST_TAG = /^[a-z][a-z0-9._-]*$/i;

/** The part of package.json that the registry stores and serves: whitelisted, and in the shape npm normalises to. */
export type PackageManifest = { name: string; version: string } & z.output<typeof packageFieldsSchema> & {
    skill?: z.output<typeof skillSettingsSchema>;
  };

export interface ParsedPackage {
  /** Absent when there are errors. */
  manifest?: PackageManifest;
  /** The name, where that at least is right. */
  name?: PackageName;
  issues: Issue[];
}

/** package.json as it lies in the package. Never throws. */
export function parsePackageJson(bytes: Uint8Array): ParsedPackage {
  if (bytes.length > PACKAGE_JSON_MAX) {
    return refuse(
      "package.json",
      `the file has ${plural(bytes.length, "byte")}, the limit is ${grouped(PACKAGE_JSON_MAX)}`,
    );
  }
  const read = parseJson(bytes);
  if (read === undefined) return refuse("package.json", "the file is not JSON in UTF-8");
  const { findings, ...parsed } = judge(read.value);
  if (findings.length === 0) return { ...parsed, issues: [] };
  const lines = keyLines(read.text);
  return { ...parsed, issues: findings.map((finding) => toIssue(finding, lines)) };
}

/** A manifest that is JSON already: from package.json, or from the body of a publish. Never throws, drops what it does not know. */
export function toPackageManifest(value: unknown): ParsedPackage {
  const { findings, ...parsed } = judge(value);
  return { ...parsed, issues: findings.map((finding) => toIssue(finding, new Map())) };
}

/** A finding before it has a line. */
interface Finding {
  code: IssueCode;
  /** Field it is about, as `scripts.postinstall`. */
  field: string;
  message: string;
}

function judge(value: unknown): Omit<ParsedPackage, "issues"> & { findings: Finding[] } {
  if (!isRecord(value)) {
    return { findings: [found("package.json", "", "the manifest is not a JSON object")] };
  }
  const fields = packageFieldsSchema.safeParse(value);
  const settings = skillSettingsSchema.safeParse(value["skill"] ?? {});
  const { name, version } = value;
  const findings = [
    ...inspectName(name),
    ...inspectVersion(version),
    ...inspectInstallation(value),
    ...DEPENDENCY_FIELDS.flatMap((field) => inspectDependencies(field, value[field])),
    ...fieldFindings(fields),
    ...settingFindings(settings),
    ...(fields.success ? inspectCharacters(fields.data) : []),
    ...(settings.success ? inspectCharacters({ skill: settings.data }) : []),
  ];
  const parsedName = typeof name === "string" ? parsePackageName(name) : undefined;
  if (parsedName === undefined) return { findings };
  const isValid = findings.length === 0 && fields.success && settings.success;
  if (!isValid || typeof version !== "string") return { name: parsedName, findings };
  const skill = value["skill"] === undefined ? {} : { skill: settings.data };
  const manifest = { name: parsedName.full, version, ...fields.data, ...skill };
  return { manifest, name: parsedName, findings };
}

function inspectName(name: unknown): Finding[] {
  if (typeof name === "string" && parsePackageName(name) !== undefined) return [];
  const message =
    typeof name === "string" ? `${quote(name)} is not @namespace/skill-name` : "there is no name";
  return [found("package.name", "name", message)];
}

function inspectVersion(version: unknown): Finding[] {
  if (typeof version !== "string") return [found("package.version", "version", "there is no version")];
  const valid = version.length <= VERSION_MAX ? validVersion(version) : null;
  if (valid === version) return [];
  const hint = valid === null ? "" : `; it would be ${quote(valid)}`;
  return [found("package.version", "version", `${quote(version)} is not an exact version${hint}`)];
}

/** Everything by which a package acts when npm installs it. */
function inspectInstallation(value: Record<string, unknown>): Finding[] {
  const { scripts, directories } = value;
  const findings = INSTALL_SCRIPTS.filter(
    (script) => isRecord(scripts) && Object.hasOwn(scripts, script),
  ).map((script) => found("package.scripts", `scripts.${script}`, `there is a script ${quote(script)}`));
  if (scripts !== undefined && !isTextRecord(scripts)) {
    findings.push(found("package.field", "scripts", "scripts is not an object of texts"));
  }
  if (value["gypfile"] !== undefined && value["gypfile"] !== false) {
    findings.push(found("package.gyp", "gypfile", "gypfile is set"));
  }
  for (const field of ["bundleDependencies", "bundledDependencies"]) {
    if (isBundling(value[field])) findings.push(found("package.bundled", field, `${field} is set`));
  }
  if (value["bin"] !== undefined) findings.push(found("package.bin", "bin", "bin is set"));
  if (isRecord(directories) && directories["bin"] !== undefined) {
    findings.push(found("package.bin", "directories.bin", "directories.bin is set"));
  }
  return findings;
}

function isTextRecord(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isBundling(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function inspectDependencies(field: string, value: unknown): Finding[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, spec]) => {
    const at = `${field}.${name}`;
    if (parsePackageName(name) === undefined) {
      return [found("package.dependencies", at, `${field} has ${quote(name)}, which is not a skill name`)];
    }
    if (typeof spec !== "string" || isRegistrySpec(spec)) return [];
    const message = `${field} has ${quote(name)} from ${quote(spec)}, which is not a version range`;
    return [found("package.dependencies", at, message)];
  });
}

function isRegistrySpec(spec: string): boolean {
  return spec.length <= VERSION_MAX && (validRange(spec) !== null || DIST_TAG.test(spec));
}

function fieldFindings(parsed: z.ZodSafeParseResult<unknown>): Finding[] {
  const problems = parsed.error?.issues ?? [];
  return problems.map((problem) => fieldFinding(problem, problem.path));
}

/** What is wrong with `allow` has a code of its own: a waiver that does not work is a finding that comes back. */
function settingFindings(parsed: z.ZodSafeParseResult<unknown>): Finding[] {
  const problems = parsed.error?.issues ?? [];
  return problems.map((problem) => {
    const path = ["skill", ...problem.path];
    if (problem.path[0] !== "allow") return fieldFinding(problem, path);
    return found("package.waiver", path.join("."), `${quote(path.map(String).join("."))} is wrong`);
  });
}

/** The one place that knows zod's findings on package.json. */
function fieldFinding(problem: z.core.$ZodIssue, path: PropertyKey[]): Finding {
  const field = path.map(String).join(".");
  const custom = problem.code === "custom" ? problem.message : "has a wrong type or size";
  return found("package.field", field, `${quote(field)} ${custom}`);
}

function inspectCharacters(fields: Record<string, unknown>): Finding[] {
  return Object.entries(fields)
    .filter(([, value]) =>
      hasUnsafeCharacters(JSON.stringify(value).replace(/\\u([0-9a-f]{4})/g, decodeEscape)),
    )
    .map(([field]) =>
      found("package.characters", field, `${quote(field)} has characters that cannot be seen`),
    );
}

/** JSON.stringify escapes control characters, which are the ones looked for. */
function decodeEscape(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}

function parseJson(bytes: Uint8Array): { value: unknown; text: string } | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { value: JSON.parse(text), text };
  } catch {
    return undefined;
  }
}

/** JSON is YAML, and the YAML parser knows lines; it is too slow for texts that no person wrote. */
function keyLines(text: string): Map<string, number> {
  return text.length > LINES_MAX ? new Map() : parseYaml(text).lines;
}

/** With the line of the field, or of the nearest field around it. */
function toIssue({ code, field, message }: Finding, lines: Map<string, number>): Issue {
  let known = field;
  while (!lines.has(known) && known.includes(".")) known = known.slice(0, known.lastIndexOf("."));
  return issue(code, { path: PATH, line: lines.get(known), message });
}

function found(code: IssueCode, field: string, message: string): Finding {
  return { code, field, message };
}

function refuse(code: IssueCode, message: string): ParsedPackage {
  return { issues: [issue(code, { path: PATH, message })] };
}
