import { join } from "node:path";
import { z } from "zod";
import { parseJson, readTextFile } from "../files.ts";
import { stateOf, type SkillState } from "../install/installed.ts";
import { readPlaced } from "../install/standing.ts";
import type { Lock, LockedPackage } from "../project/lockfile.ts";
import { displayPath, type Place } from "../project/project.ts";

/** `outdated`: an older install as it was made; a pulled skills.lock has another version. */
export type ListedState = SkillState | "outdated";

/** Where an author says that a skill comes from. Nobody has proved it. */
export interface Origin {
  importedFrom: { repository: string; commit?: string | undefined; path?: string | undefined } | null;
  forkedFrom: { name: string; version: string } | null;
}

/** One skill as it lies here. */
export interface InstalledSkill {
  /** Its name here, and in the package. */
  skill: string;
  from: string;
  package: string;
  version: string;
  path: string;
  agents: string[];
  mode: LockedPackage["mode"];
  state: ListedState;
}

export interface InstalledPackage extends Origin {
  name: string;
  version: string;
  /** What skills.json asked for; null for what only others build on. */
  range: string | null;
  dependencies: Record<string, string>;
  agents: string[];
  /** The worst of its skills. */
  state: ListedState;
  skills: InstalledSkill[];
}

/** Everything that the lock knows, compared with the disk. Asks no registry. */
export async function installedPackages(place: Place, lock: Lock): Promise<InstalledPackage[]> {
  const names = Object.keys(lock).toSorted();
  const placed = await readPlaced(place);
  return Promise.all(
    names.flatMap((name) => {
      const entry = lock[name];
      return entry === undefined ? [] : [installedPackage(place, name, { entry, placed: placed[name] })];
    }),
  );
}

interface Entries {
  entry: LockedPackage;
  /** As this machine has placed it. */
  placed: LockedPackage | undefined;
}

async function listedState(place: Place, skill: string, { entry, placed }: Entries): Promise<ListedState> {
  const state = await stateOf(place, skill, entry);
  if (state !== "modified" || placed?.skills[skill] === undefined) return state;
  return (await stateOf(place, skill, placed)) === "ok" ? "outdated" : state;
}

async function installedPackage(place: Place, name: string, entries: Entries): Promise<InstalledPackage> {
  const { entry } = entries;
  const { version, agents, mode, dependencies } = entry;
  const skills = await Promise.all(
    Object.entries(entry.skills)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([skill, { from = skill }]): Promise<InstalledSkill> => {
        const path = displayPath(place, join(place.canonical, skill));
        const state = await listedState(place, skill, entries);
        return { skill, from, package: name, version, path, agents, mode, state };
      }),
  );
  const [only] = skills;
  return {
    name,
    version,
    range: entry.range ?? null,
    dependencies,
    agents,
    state: worst(skills),
    skills,
    ...(await originOf(only === undefined ? undefined : join(place.canonical, only.skill, "package.json"))),
  };
}

/** The gravest first. */
const STATES: readonly ListedState[] = ["modified", "outdated", "missing"];

function worst(skills: InstalledSkill[]): ListedState {
  return STATES.find((wanted) => skills.some(({ state }) => state === wanted)) ?? "ok";
}

const UNKNOWN: Origin = { importedFrom: null, forkedFrom: null };
/** Longest text of a field that is shown. */
const TEXT_MAX = 2_048;
const text = z.string().max(TEXT_MAX);
const packageJson = z.object({
  skill: z.object({
    importedFrom: z
      .object({ repository: text, commit: text.optional(), path: text.optional() })
      .nullable()
      .catch(null)
      .default(null),
    forkedFrom: z.object({ name: text, version: text }).nullable().catch(null).default(null),
  }),
});

/** A pack leaves its package.json in the package: of it nothing is known here. */
async function originOf(file: string | undefined): Promise<Origin> {
  if (file === undefined) return UNKNOWN;
  const content = await readTextFile(file).catch(() => undefined);
  return packageJson.safeParse(parseJson(content ?? "")).data?.skill ?? UNKNOWN;
}
