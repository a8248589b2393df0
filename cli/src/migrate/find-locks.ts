import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import {
  parseClawhubLock,
  parsePackageSkills,
  parseSkillsLock,
  type OldLock,
  type OldSkill,
} from "./old-locks.ts";
import type { OldSource } from "./old-source.ts";

/** Bytes; a lock of a thousand skills has half a megabyte. */
const FILE_MAX = 8 * 1024 * 1024;

/** Most skills that are looked up in the registry, each by some requests. */
const SKILLS_MAX = 2_000;

interface KnownFile {
  path: string;
  parse(file: string, content: string): OldLock | undefined;
}

const GLOBAL_LOCK: KnownFile = {
  path: ".agents/.skill-lock.json",
  parse: (file, content) => parseSkillsLock(file, content, 3),
};

/** Files of other tools below a project or a home, and the newest format of each that is known. */
const FILES: readonly KnownFile[] = [
  { path: "skills-lock.json", parse: (file, content) => parseSkillsLock(file, content, 1) },
  GLOBAL_LOCK,
  { path: ".clawhub/lock.json", parse: parseClawhubLock },
  { path: ".clawdhub/lock.json", parse: parseClawhubLock },
  { path: "package.json", parse: (_file, content) => parsePackageSkills(content) },
];

/** What other tools have written down about the skills of a folder. */
export interface OldState {
  /** Relative to the folder; those that say something of skills. */
  files: string[];
  /** Each name once. */
  skills: OldSkill[];
  repositories: OldSource[];
}

/**
 * Throws ENOTFOUND where no tool has left a thing, ESKILLLOCK for a file that cannot be read. `stateHome` is XDG_STATE_HOME,
 * where the skills package keeps the lock of a home that has it.
 */
export async function findOldLocks(folder: string, stateHome: string | undefined): Promise<OldState> {
  const moved =
    stateHome === undefined ? [] : [{ ...GLOBAL_LOCK, path: join(stateHome, "skills/.skill-lock.json") }];
  const found: { path: string; lock: OldLock }[] = [];
  for (const { path, parse } of [...FILES, ...moved]) {
    const content = await readBounded(resolve(folder, path), path);
    const lock = content === undefined ? undefined : parse(path, content);
    if (lock !== undefined) found.push({ path, lock });
  }
  if (found.length === 0) {
    throw new SkillsError("ENOTFOUND", `there is nothing to migrate in ${folder}`, {
      hint: "Looked for skills-lock.json, .agents/.skill-lock.json, .clawhub/lock.json, and an array under skills in package.json. With --global your home is looked at.",
    });
  }
  const skills = new Map<string, OldSkill>();
  for (const skill of found.flatMap(({ lock }) => lock.skills))
    if (!skills.has(skill.name)) skills.set(skill.name, skill);
  if (skills.size > SKILLS_MAX)
    throw new SkillsError("ESKILLLOCK", `${folder} lists ${skills.size} skills, the limit is ${SKILLS_MAX}`, {
      hint: "Move away what no agent can use, and migrate the rest.",
    });
  return {
    files: found.map(({ path }) => path),
    skills: [...skills.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    repositories: found.flatMap(({ lock }) => lock.repositories),
  };
}

async function readBounded(file: string, shown: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  if (stats.size > FILE_MAX)
    throw new SkillsError("ESKILLLOCK", `${shown} has ${stats.size} bytes, which is no lock of skills`, {
      hint: "Move the file away.",
    });
  return readFile(file, "utf8");
}
