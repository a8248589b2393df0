import type { Entry } from "./entry.ts";
import { type Issue, issue } from "./issue.ts";
import { quote } from "./text.ts";

/** Most skills of one pack; each is parsed on its own, and the largest public collection has about 180. */
const SKILLS_MAX = 200;

/** At the root, or in a folder below `skills/`. */
const SKILL_PATH = /^(?:skills\/[^/]+\/)?SKILL\.md$/;
const SKILL_PATH_ANY_CASE = new RegExp(SKILL_PATH, "i");

/** A SKILL.md where one is looked for. */
export interface FoundSkill {
  /** "" for a single skill, `skills/x` in a pack. */
  root: string;
  path: string;
  data: Uint8Array;
}

/** Finds the skills of a package by its layout: one at the root, and those of a pack. */
export function findSkills(entries: Entry[]): { skills: FoundSkill[]; issues: Issue[] } {
  const files = entries.filter(({ type }) => type === "file");
  const exact = files
    .filter(({ path }) => SKILL_PATH.test(path))
    .map(({ path, data }) => ({ root: folderOf(path), path, data }));
  const places = new Set(exact.map(({ path }) => path.toLowerCase()));
  const issues = files
    .filter(({ path }) => SKILL_PATH_ANY_CASE.test(path) && !places.has(path.toLowerCase()))
    .map(({ path }) => wrongCase(path));
  if (exact.length === 0 && issues.length === 0) {
    issues.push(issue("skill.missing", { path: "", message: "there is no SKILL.md" }));
  }
  if (exact.length > SKILLS_MAX) {
    const message = `there are ${exact.length} skills, the limit is ${SKILLS_MAX}`;
    issues.push(issue("skill.count", { path: "skills", message }));
  }
  return { skills: exact.slice(0, SKILLS_MAX), issues };
}

function wrongCase(path: string): Issue {
  const right = path.replace(/^skills\//i, "skills/").replace(/skill\.md$/i, "SKILL.md");
  const found = issue("skill.case", { path, message: `the path is ${quote(path)}` });
  return { ...found, fix: `Rename it to ${quote(right)}.` };
}

function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}
