import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import { parseJson, readTextFile } from "../files.ts";
import { conflictSides } from "./conflict.ts";
import { formatLike } from "../json-text.ts";
import { projectSchema, type Wish } from "./project-schema.ts";

/** skills.json: what people want of a project. Reviewed and edited by hand, and by `skills add`, `update` and `remove`. */

/** skills.json, parsed, with every wish in its long form. */
export interface Project extends Omit<z.output<typeof projectSchema>, "skills"> {
  skills: Readonly<Record<string, Wish>>;
}

/** Where a project's wishes are written down. */
export interface ProjectSource {
  /** Absolute; skills.json where there is nothing yet. */
  file: string;
  /** Its text; undefined when there is no such file. */
  text: string | undefined;
  /** The document is the value of `skills` in package.json. */
  inPackageJson: boolean;
}

/** Sets the indent of a file that is not there yet. */
const EMPTY_FILE = '{\n  "skills": {}\n}\n';

export const EMPTY_PROJECT: Project = { skills: {}, folders: {} };

/**
 * Finds skills.json or, where there is none, an object under `skills` in package.json. Where both are, skills.json wins.
 * `packageJson` is undefined in a home, where a package.json belongs to something else.
 */
export async function findProject(
  skillsJson: string,
  packageJson: string | undefined,
): Promise<ProjectSource> {
  const text = await readTextFile(skillsJson);
  if (text !== undefined || packageJson === undefined)
    return { file: skillsJson, text, inPackageJson: false };
  const around = await readTextFile(packageJson);
  if (around === undefined || !hasProject(around)) return { file: skillsJson, text, inPackageJson: false };
  return { file: packageJson, text: around, inPackageJson: true };
}

/** The wishes in a file. Throws ESKILLPROJECT. */
export function parseProject({ file, text, inPackageJson }: ProjectSource): Project {
  if (text === undefined) return EMPTY_PROJECT;
  const raw = parseJson(text.replace(/^\uFEFF/, ""));
  if (raw === undefined) throw unreadable(file, text);
  const document = inPackageJson ? packageSchema.safeParse(raw).data?.skills : raw;
  const parsed = projectSchema.safeParse(document);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const at = first?.path.join(" > ") ?? "";
    throw malformed(file, `${at === "" ? "" : `${at}: `}${first?.message ?? "is malformed"}`);
  }
  const { skills, ...rest } = parsed.data;
  const wishes = Object.entries(skills).map(([name, wish]) => [
    name,
    typeof wish === "string" ? { range: wish } : wish,
  ]);
  return { ...rest, skills: Object.fromEntries(wishes) };
}

/** The text with other wishes in it: keys that stay keep their order, indent and line ends are those of the file. */
export function formatProject(source: ProjectSource, project: Project): string {
  const { text = EMPTY_FILE, inPackageJson } = source;
  const raw = anyObject.parse(parseJson(text.replace(/^\uFEFF/, "")));
  const document = inPackageJson ? anyObject.parse(raw["skills"]) : raw;
  const changed = { ...withoutEmpty(document, project), skills: shortWishes(project) };
  return formatLike(text, inPackageJson ? { ...raw, skills: changed } : changed);
}

const anyObject = z.record(z.string(), z.unknown());
const packageSchema = z.object({ skills: z.unknown() });

/** An array under `skills` is another convention, which lists skills of git repositories. */
function hasProject(packageJson: string): boolean {
  const document = parseJson(packageJson.replace(/^\uFEFF/, ""));
  // One that cannot be read, as after a merge, may be where the wishes are: passed over, they would count as lost.
  if (document === undefined) return /"skills"\s*:\s*\{/.test(packageJson);
  const raw = packageSchema.safeParse(document).data?.skills;
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

function withoutEmpty(document: object, { agents, mode, folders }: Project): object {
  return {
    ...document,
    ...(agents === undefined ? {} : { agents }),
    ...(mode === undefined ? {} : { mode }),
    ...(Object.keys(folders).length === 0 ? {} : { folders }),
  };
}

/** Packages by name, as npm sorts its dependencies; a wish for nothing but a range is that range. */
function shortWishes({ skills }: Project): object {
  const names = Object.keys(skills).toSorted();
  return Object.fromEntries(names.map((name) => [name, shortWish(skills[name])]));
}

function shortWish(wish: Wish | undefined): unknown {
  return wish !== undefined && Object.keys(wish).length === 1 ? wish.range : wish;
}

function unreadable(file: string, text: string): SkillsError {
  return conflictSides(text) === undefined
    ? malformed(file, "it is not JSON")
    : malformed(file, "it holds an unresolved merge conflict");
}

function malformed(file: string, reason: string): SkillsError {
  return new SkillsError("ESKILLPROJECT", `${file} cannot be read: ${reason}`);
}
