import { SkillsError, isSkillName, parsePackageName } from "@skills-registry/schema/basics";
import { z } from "zod";
import { parseJson, readTextFile } from "../files.ts";
import { isAgentId } from "./agents.ts";
import { conflictSides } from "./conflict.ts";

/** Format that this version reads and writes. */
const LOCKFILE_VERSION = 2;

/** Skills folder below the root, `/`-separated; an absolute one only where a variable moves an agent's home. */
const PLACED = /^(?!.*(^|\/)\.\.(\/|$))[^\0]+$/;

const packageName = z.string().refine((name) => parsePackageName(name) !== undefined);
const skillName = z.string().refine(isSkillName);

const lockedSkill = z.strictObject({
  /** Its name in the package, where it is installed under another. */
  from: skillName.exactOptional(),
  /** File → SRI, to know local edits. */
  files: z.record(z.string(), z.string().regex(/^sha256-[\w+/=]+$/)),
});

const lockedPackage = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+([-+][\w.+-]+)?$/),
  /** What skills.json asked for; absent for a package that only others depend on. */
  range: z.string().exactOptional(),
  /** Where the tarball came from: below the registry's address, or a whole address when it is somewhere else. */
  resolved: z.string(),
  /** SRI of the tarball. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  /** The registry's, over `name@version:integrity`; absent for a registry that does not sign. */
  signature: z.strictObject({ keyid: z.string(), sig: z.string() }).exactOptional(),
  /** The skills of a pack that were asked for; absent when all were. */
  only: z.array(skillName).exactOptional(),
  /** Other packages of skills that it builds on, with their ranges. */
  dependencies: z.record(packageName, z.string()).default({}),
  /** How other agents' folders get the skills: a link to the canonical copy, or a copy of their own. */
  mode: z.enum(["link", "copy"]),
  agents: z.array(z.string().refine(isAgentId)),
  /** The folders that its skills were put into beside the canonical one. */
  placed: z.array(z.string().regex(PLACED)).default([]),
  /** Name of a skill here → what it is. */
  skills: z.record(skillName, lockedSkill),
});

const lockfile = z.strictObject({
  lockfileVersion: z.literal(LOCKFILE_VERSION),
  packages: z.record(packageName, lockedPackage),
});

/** What skills.lock knows of one installed package. */
export type LockedPackage = z.infer<typeof lockedPackage>;
/** skills.lock, parsed: package name → what is installed. */
export type Lock = Readonly<Record<string, LockedPackage>>;

/** The text of a lockfile; undefined when there is none. */
export async function readLockText(file: string): Promise<string | undefined> {
  return readTextFile(file);
}

/** An absent lockfile is an empty one. Throws ESKILLLOCK. */
export async function readLock(file: string): Promise<Lock> {
  const text = await readLockText(file);
  return text === undefined ? {} : parseLock(text);
}

/** Throws ESKILLLOCK, for a lockfile with conflict marks, too. */
export function parseLock(text: string): Lock {
  const raw = parseJson(text);
  if (raw === undefined) throw unreadable(text);
  refuseOtherFormats(raw);
  const parsed = lockfile.safeParse(raw);
  if (parsed.success) return parsed.data.packages;
  const [first] = parsed.error.issues;
  throw new SkillsError(
    "ESKILLLOCK",
    `skills.lock: ${first?.path.join(" > ") ?? ""}: ${first?.message ?? "is malformed"}`,
  );
}

/**
 * The same where a merge may have left conflict marks: the packages of both sides, and of those in both the higher version;
 * an install settles the rest by skills.json. Entries are taken whole, so that no version gets the digests of another.
 */
export async function parseMergedLock(text: string): Promise<Lock> {
  const sides = conflictSides(text);
  if (sides === undefined) return parseLock(text);
  const [ours, theirs] = [parseLock(sides.ours), parseLock(sides.theirs)];
  const { default: gt } = await import("semver/functions/gt.js");
  const newer = Object.entries(ours).filter(([name, entry]) => {
    const other = theirs[name];
    return other === undefined || gt(entry.version, other.version);
  });
  return { ...theirs, ...Object.fromEntries(newer) };
}

/** Sorted keys and one value per line, so that two branches rarely touch the same line. */
export function formatLock(packages: Lock): string {
  const entries = Object.entries(packages).map(([name, entry]) => [name, withoutEmpty(entry)]);
  const document = { lockfileVersion: LOCKFILE_VERSION, packages: Object.fromEntries(entries) };
  return `${JSON.stringify(sorted(document), undefined, 2)}\n`;
}

/** The package that a skill was installed from. */
export function ownerOf(lock: Lock, skill: string): string | undefined {
  return Object.keys(lock).find((name) => Object.hasOwn(lock[name]?.skills ?? {}, skill));
}

/** The package that a word of a command means: by its own name, or by that of one of its skills here. */
export function packageMeant(lock: Lock, word: string): string {
  return Object.hasOwn(lock, word) ? word : (ownerOf(lock, word) ?? word);
}

function unreadable(text: string): SkillsError {
  if (conflictSides(text) === undefined) return new SkillsError("ESKILLLOCK", "skills.lock is not JSON");
  return new SkillsError("ESKILLLOCK", "skills.lock holds an unresolved merge conflict", {
    hint: "Resolve skills.json first, then run skills install: it merges both sides of skills.lock.",
  });
}

function refuseOtherFormats(raw: unknown): void {
  const format = z.object({ lockfileVersion: z.number() }).safeParse(raw).data?.lockfileVersion;
  if (format === undefined || format === LOCKFILE_VERSION) return;
  const isNewer = format > LOCKFILE_VERSION;
  throw new SkillsError(
    "ESKILLLOCK",
    `skills.lock has format ${format}, ${isNewer ? "newer" : "older"} than this skills`,
    { hint: isNewer ? "Update @skills-registry/cli." : "Delete it and add the skills again." },
  );
}

function withoutEmpty({ dependencies, placed, ...entry }: LockedPackage): object {
  return {
    ...entry,
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    ...(placed.length === 0 ? {} : { placed }),
  };
}

/** Objects with their keys in code-unit order, at every depth; arrays keep theirs. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const keys = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map(([key, inner]) => [key, sorted(inner)]));
}
