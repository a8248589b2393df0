import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SkillsError, isSkillName, parsePackageName } from "@skills-registry/schema";
import { z } from "zod";
import { AGENT_IDS } from "./agents.ts";
import { claimName } from "./exclusive.ts";
import { settle, syncFolder, writeDurably } from "../files.ts";

/** Format that this version reads and writes. */
const LOCKFILE_VERSION = 1;

const lockedPackage = z.strictObject({
  version: z.string().min(1),
  /** SRI of the tarball. */
  integrity: z.string().regex(/^sha512-[\w+/=]+$/),
  /** Where the tarball came from: below the registry's address, or a whole address when it is somewhere else. */
  resolved: z.string(),
  /** How other agents' folders get the skill: a link to the canonical copy, or a copy of their own. */
  mode: z.enum(["link", "copy"]),
  agents: z.array(z.enum(AGENT_IDS)),
  /** Skill name → file → SRI, to know local edits. */
  skills: z.record(
    z.string().refine(isSkillName),
    z.strictObject({ files: z.record(z.string(), z.string().regex(/^sha256-[\w+/=]+$/)) }),
  ),
});

const lockfile = z.strictObject({
  lockfileVersion: z.literal(LOCKFILE_VERSION),
  packages: z.record(
    z.string().refine((name) => parsePackageName(name) !== undefined),
    lockedPackage,
  ),
});

/** What skills.lock knows of one installed package. */
export type LockedPackage = z.infer<typeof lockedPackage>;
/** skills.lock, parsed: package name → what is installed. */
export type Lock = Readonly<Record<string, LockedPackage>>;

/** An absent lockfile is an empty one. */
export async function readLock(file: string): Promise<Lock> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? {} : parseLock(text);
}

export function parseLock(text: string): Lock {
  const raw = parseJson(text);
  const version = z.object({ lockfileVersion: z.number() }).safeParse(raw);
  if (version.success && version.data.lockfileVersion > LOCKFILE_VERSION) {
    throw new SkillsError(
      "ESKILLLOCK",
      `skills.lock has format ${version.data.lockfileVersion}, newer than this skills`,
      {
        hint: "Update @skills-registry/cli.",
      },
    );
  }
  const parsed = lockfile.safeParse(raw);
  if (parsed.success) return parsed.data.packages;
  const [first] = parsed.error.issues;
  throw new SkillsError(
    "ESKILLLOCK",
    `skills.lock: ${first?.path.join(" > ") ?? ""}: ${first?.message ?? "is malformed"}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const conflict = text.includes("<<<<<<<") ? "holds an unresolved merge conflict" : "is not JSON";
    throw new SkillsError("ESKILLLOCK", `skills.lock ${conflict}`, { cause: error });
  }
}

/** Sorted keys and one value per line, so that two branches rarely touch the same line. */
export function formatLock(packages: Lock): string {
  return `${JSON.stringify(sorted({ lockfileVersion: LOCKFILE_VERSION, packages }), undefined, 2)}\n`;
}

/**
 * Sets or removes one package and leaves the others as they are. Between reading and writing nobody else may write: see
 * `exclusively`.
 */
export async function updateLock(
  file: string,
  name: string,
  entry: LockedPackage | undefined,
): Promise<void> {
  const { [name]: _, ...others } = await readLock(file);
  const packages = entry === undefined ? others : { ...others, [name]: entry };
  await replaceFile(await settle(file), formatLock(packages));
}

/** In one step, durably. Should the process be killed in it, the next command clears the temporary file away. */
async function replaceFile(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, claimName());
  await mkdir(folder, { recursive: true });
  try {
    await writeDurably(temporary, { data: new TextEncoder().encode(text), mode: 0o644 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** The package that a skill was installed from. */
export function ownerOf(lock: Lock, skill: string): string | undefined {
  return Object.keys(lock).find((name) => Object.hasOwn(lock[name]?.skills ?? {}, skill));
}

/** Objects with their keys in code-unit order, at every depth; arrays keep theirs. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const keys = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map(([key, inner]) => [key, sorted(inner)]));
}
