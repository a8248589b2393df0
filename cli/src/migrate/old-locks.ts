import { isSkillName, parsePackageName, SkillsError, slugify } from "@skills-registry/schema/basics";
import { z } from "zod";
import { parseJson } from "../files.ts";
import { cleanAddress, oldSource, type OldSource } from "./old-source.ts";

/** One skill that another tool installed. */
export interface OldSkill {
  /** Name of its folder. */
  name: string;
  /** Package of an npm registry that it came in. */
  package: string | undefined;
  source: OldSource | undefined;
}

/** What one file of another tool says. */
export interface OldLock {
  skills: OldSkill[];
  /** Repositories of which all skills are wanted, which only a look into them would tell. */
  repositories: OldSource[];
}

const text = z.string().max(4_096);
const lockSchema = z.object({ version: z.number(), skills: z.record(z.string(), z.unknown()).default({}) });

/** Lenient in what is only told: a field that is no text is as good as absent. */
const optional = text.optional().catch(undefined);
const entrySchema = z.object({
  source: optional,
  sourceUrl: optional,
  sourceType: optional,
  ref: optional,
  skillPath: optional,
});

/** `skills-lock.json` and `.skill-lock.json` of the `skills` package, up to the format named. Throws ESKILLLOCK. */
export function parseSkillsLock(file: string, content: string, newest: number): OldLock {
  const skills = Object.entries(readLock(file, content, newest)).map(([key, value]) => {
    const entry = parseEntry(file, key, value);
    const isPackage = entry.sourceType === "npm" || entry.sourceType === "node_modules";
    return {
      name: nameOf(file, key),
      package: isPackage ? packageOf(entry.source) : undefined,
      source: isPackage ? undefined : oldSource(entry),
    };
  });
  return { skills, repositories: [] };
}

/** `.clawhub/lock.json`. Its registry has names of its own: only the name of the folder says what the skill is. Throws ESKILLLOCK. */
export function parseClawhubLock(file: string, content: string): OldLock {
  const skills = Object.keys(readLock(file, content, 1)).map((key) => {
    return { name: nameOf(file, key.split("/").at(-1) ?? ""), package: undefined, source: undefined };
  });
  return { skills, repositories: [] };
}

const packageSchema = z.object({ skills: z.array(z.unknown()) });
const curated = z.object({
  source: text,
  skills: z.union([text.transform((name) => [name]), z.array(text)]).optional(),
  ref: text.optional(),
});

/** The array under `skills` of a package.json: `owner/repo@skill#ref`, `npm:@acme/x`, or objects. undefined where there is none. */
export function parsePackageSkills(content: string): OldLock | undefined {
  const parsed = packageSchema.safeParse(parseJson(content.replace(/^\uFEFF/, "")));
  if (!parsed.success) return undefined;
  const lock: OldLock = { skills: [], repositories: [] };
  for (const item of parsed.data.skills) {
    if (typeof item === "string") addText(lock, text.catch("").parse(item));
    else addObject(lock, curated.safeParse(item).data);
  }
  return lock;
}

function addText(lock: OldLock, item: string): void {
  const name = /^npm:(.+)$/.exec(item)?.[1];
  if (name !== undefined) return addPackage(lock, name);
  const [, source, skill, ref] = /^([^@#]+(?:@[^@#/]+[:/][^@#]*)?)(?:@([^@#]+))?(?:#(.+))?$/.exec(item) ?? [];
  addObject(
    lock,
    source === undefined ? undefined : { source, ref, ...(skill === undefined ? {} : { skills: [skill] }) },
  );
}

function addObject(lock: OldLock, item: z.infer<typeof curated> | undefined): void {
  if (item === undefined) return;
  if (item.source.startsWith("npm:")) return addPackage(lock, item.source.slice("npm:".length));
  const address = cleanAddress(item.source);
  if (address === undefined) return;
  const source = { address, ref: item.ref, path: undefined };
  const names = (item.skills ?? []).map(slugify).filter(isSkillName);
  if (names.length === 0) lock.repositories.push(source);
  for (const name of names) lock.skills.push({ name, package: undefined, source });
}

function addPackage(lock: OldLock, spec: string): void {
  const name = packageOf(spec);
  if (name === undefined) return;
  lock.skills.push({ name: name.slice(name.indexOf("/") + 1), package: name, source: undefined });
}

/** `@acme/x` of `@acme/x@^1`; undefined for what our registries cannot have. */
function packageOf(spec: string | undefined): string | undefined {
  return parsePackageName(spec?.replace(/^npm:/, "").replace(/(?<=.)@.*$/, "") ?? "")?.full;
}

function readLock(file: string, content: string, newest: number): Record<string, unknown> {
  const raw = parseJson(content.replace(/^\uFEFF/, ""));
  if (raw === undefined) throw unreadable(file, "it is not JSON");
  const parsed = lockSchema.safeParse(raw);
  if (!parsed.success)
    throw unreadable(file, `it is no lock: ${parsed.error.issues[0]?.path.join(".") ?? ""} is malformed`);
  const { version, skills } = parsed.data;
  if (version > newest)
    throw unreadable(
      file,
      `it has format ${version}, and formats up to ${newest} are known`,
      "Update the skills CLI, which may know the format by now.",
    );
  return skills;
}

function parseEntry(file: string, key: string, value: unknown): z.infer<typeof entrySchema> {
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(file, `the entry ${JSON.stringify(key.slice(0, 80))} is malformed`);
}

/** These tools make the name of a folder from any name in the same way. */
function nameOf(file: string, key: string): string {
  const name = isSkillName(key) ? key : slugify(key);
  if (isSkillName(name)) return name;
  throw unreadable(file, `${JSON.stringify(key.slice(0, 80))} is the name of no skill`);
}

function unreadable(file: string, reason: string, hint?: string): SkillsError {
  return new SkillsError("ESKILLLOCK", `${file} cannot be read: ${reason}`, {
    hint: hint ?? "Repair the file with the tool that wrote it, or move it away.",
  });
}
