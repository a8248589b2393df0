import { inspectArchive } from "./archive.ts";
import { inspectContent } from "./content.ts";
import type { Entry } from "./entry.ts";
import { decodeSkill, parseFrontmatter } from "./frontmatter.ts";
import { inspectManifest } from "./inspect-manifest.ts";
import { type Issue, issue } from "./issue.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { type FoundSkill, findSkills } from "./layout.ts";
import type { SkillManifest } from "./manifest.ts";
import { type PackageManifest, type ParsedPackage, parsePackageJson } from "./package-json.ts";
import { sortedReport } from "./report.ts";
import { readTarball } from "./tarball.ts";
import { grouped, plural } from "./text.ts";
import { TOKENS_MAX, tokens } from "./tokens.ts";
import { applyWaivers } from "./waivers.ts";

/** From the specification: what an agent can take in at once. */
const LINES_MAX = 500;

/** How many times the limit of one SKILL.md those of a pack may have together: their texts are kept, and read, as one. */
const PACK_FACTOR = 4;

const LICENSE_FILE = /^(?:licen[cs]e|copying|unlicense)(?:[.-][a-z0-9.-]+)?$/i;

/** One skill of the package, with its manifest validated. */
export interface InspectedSkill {
  /** Folder of the skill: "" for a single skill, `skills/x` in a pack. */
  root: string;
  /** Path of its SKILL.md. */
  path: string;
  manifest: SkillManifest;
  /** SKILL.md below the frontmatter. */
  body: string;
  /** SKILL.md, whole. */
  text: string;
}

/** What the validator says of a package. It may be published and installed when no issue is an error. */
export interface Inspection {
  /** Absent without a valid package.json. */
  packageManifest?: PackageManifest;
  /** Skills whose manifest is valid. */
  skills: InspectedSkill[];
  /** Everything that was found, sorted by path, line and code. */
  issues: Issue[];
  /** Findings that the author waived in package.json `skill.allow`. */
  waived: Issue[];
}

export interface InspectOptions {
  limits?: Limits;
  /** Name of the folder on disk. Its presence makes package.json optional; then the folder's name is the skill's. */
  folder?: string;
}

/** THE validator: the same rules at publish, at install and in `skills validate`. Every issue at once; never throws. */
export function inspectSkill(entries: Entry[], options: InspectOptions = {}): Inspection {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const layout = findSkills(entries);
  const parsed = inspectPackage(entries, options.folder);
  const context: SkillContext = {
    limits,
    entries,
    packageManifest: parsed.manifest,
    rootName: parsed.name?.skill ?? (hasPackageJson(entries) ? undefined : options.folder),
  };
  const skills = layout.skills.map((found) => inspectOne(found, context));
  const roots = layout.skills.map(({ root }) => root);
  const found = [
    ...inspectArchive(entries, limits),
    ...layout.issues,
    ...parsed.issues,
    ...skills.flatMap(({ issues }) => issues),
    ...inspectTotal(layout.skills, limits),
    ...inspectContent(entries, roots),
  ];
  const { issues, waived } = applyWaivers(found, parsed.manifest?.skill?.allow ?? []);
  return {
    ...(parsed.manifest === undefined ? {} : { packageManifest: parsed.manifest }),
    skills: skills.flatMap(({ skill }) => skill ?? []),
    issues: sortedReport(issues),
    waived: sortedReport(waived),
  };
}

/** Reads and inspects a .tgz. What cannot be read is reported; the rest is not judged by its content then. */
export async function inspectTarball(
  bytes: Uint8Array,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Inspection & { entries: Entry[] }> {
  const { entries, issues, complete } = await readTarball(bytes, limits);
  if (!complete) {
    return {
      entries,
      skills: [],
      issues: sortedReport([...issues, ...inspectArchive(entries, limits)]),
      waived: [],
    };
  }
  const inspection = inspectSkill(entries, { limits });
  return { ...inspection, entries, issues: sortedReport([...issues, ...inspection.issues]) };
}

interface SkillContext {
  limits: Limits;
  entries: Entry[];
  packageManifest: PackageManifest | undefined;
  /** Name that a SKILL.md at the root has to have. */
  rootName: string | undefined;
}

function inspectPackage(entries: Entry[], folder: string | undefined): ParsedPackage {
  const file = findFile(entries, "package.json");
  if (file !== undefined) return parsePackageJson(file.data);
  if (folder !== undefined) return { issues: [] };
  return {
    issues: [issue("package.missing", { path: "package.json", message: "there is no package.json" })],
  };
}

function inspectOne(found: FoundSkill, context: SkillContext): { skill?: InspectedSkill; issues: Issue[] } {
  const { path, root, data } = found;
  const { limits } = context;
  if (data.length > limits.skillFile) {
    const message = `the file has ${plural(data.length, "byte")}, the limit is ${grouped(limits.skillFile)}`;
    return { issues: [issue("skill.size", { path, message })] };
  }
  const decoded = decodeSkill(data, path);
  if ("issue" in decoded) return { issues: [decoded.issue] };
  const { text } = decoded;
  const { frontmatter, issues } = parseFrontmatter(text, path);
  if (frontmatter === undefined) return { issues };
  const expectedName = root === "" ? context.rootName : root.split("/").at(-1);
  const version = context.packageManifest?.version;
  const inspected = inspectManifest(frontmatter, { path, expectedName, version });
  const skill = { root, path, body: frontmatter.body, text };
  return {
    ...(inspected.manifest === undefined ? {} : { skill: { ...skill, manifest: inspected.manifest } }),
    issues: [
      ...inspected.issues,
      ...inspectLength(skill),
      ...(hasLicense(root, frontmatter.data, context) ? [] : [noLicense(path)]),
    ],
  };
}

function inspectTotal(skills: FoundSkill[], limits: Limits): Issue[] {
  const total = skills.reduce((sum, { data }) => sum + data.length, 0);
  const limit = limits.skillFile * PACK_FACTOR;
  if (skills.length < 2 || total <= limit) return [];
  const message = `all SKILL.md together have ${plural(total, "byte")}, the limit is ${grouped(limit)}`;
  return [issue("skill.size", { path: "skills", message })];
}

/** An agent reads all of SKILL.md into its context at once. */
function inspectLength({ path, text, body }: { path: string; text: string; body: string }): Issue[] {
  const issues: Issue[] = [];
  const lines = text.trimEnd().split("\n").length;
  if (lines > LINES_MAX)
    issues.push(issue("skill.lines", { path, message: `there are ${grouped(lines)} lines` }));
  const cost = tokens(body);
  if (cost > TOKENS_MAX) {
    issues.push(issue("skill.tokens", { path, message: `the text has about ${grouped(cost)} tokens` }));
  }
  return issues;
}

function hasLicense(root: string, data: Record<string, unknown>, context: SkillContext): boolean {
  if (data["license"] !== undefined || context.packageManifest?.license !== undefined) return true;
  const folders = new Set(["", root]);
  return context.entries.some(({ path }) => {
    const name = path.split("/").at(-1) ?? "";
    return LICENSE_FILE.test(name) && folders.has(path.slice(0, -name.length).replace(/\/$/, ""));
  });
}

function noLicense(path: string): Issue {
  return issue("manifest.license.missing", { path, message: "no licence is stated" });
}

function hasPackageJson(entries: Entry[]): boolean {
  return findFile(entries, "package.json") !== undefined;
}

function findFile(entries: Entry[], path: string): Entry | undefined {
  return entries.find((entry) => entry.path === path && entry.type === "file");
}
