import { SkillsError } from "@skills-registry/schema/basics";
import type { ChooseAgents } from "../project/choose-agents.ts";
import type { Project } from "../project/project-file.ts";
import type { Wish } from "../project/project-schema.ts";
import { isRange } from "./ranges.ts";
import type { Tree } from "./resolve.ts";

/** A package named on the command line. */
export interface Want {
  /** As it was typed: version, range, dist-tag, or `*`. */
  range: string;
  /** Written down as typed, or as the range that npm would save for the version found. */
  save: "typed" | "caret" | "exact";
  /** What else is wanted of it; the rest of the wish stays as it is. */
  changes: Partial<Omit<Wish, "range">>;
}

/** What a command wants changed. */
export interface Request {
  /** Package → what is wanted of it. */
  wants: ReadonlyMap<string, Want>;
  /** Packages that are wanted no more. */
  drop: readonly string[];
  /** Packages to look up anew although the lock has a version that fits. */
  fresh: (name: string) => boolean;
  /** What may be overwritten: nothing that people wrote, or local edits as well, of which a copy is kept. */
  overwrite: "nothing" | "edits";
  /** Which packages are compared with the disk and repaired: all of them, or those named and those that change. */
  check: "all" | "named";
  /** Nothing may change but the folders: skills.json and skills.lock have to agree. */
  frozen: boolean;
  /** For packages whose agents neither skills.json nor the lock knows. */
  chooseAgents: ChooseAgents;
  /** Written into a skills.json that does not say it yet. */
  defaults: Partial<Pick<Project, "agents" | "mode">>;
}

export const NOTHING_WANTED = {
  wants: new Map(),
  drop: [],
  fresh: () => false,
  overwrite: "nothing",
  check: "named",
  frozen: false,
  defaults: {},
} as const satisfies Omit<Request, "chooseAgents">;

/** The wishes with those of the request in them, as typed. Throws ENOTINSTALLED for one to drop that is not there. */
export function applyRequest(project: Project, { wants, drop, defaults }: Request): Project {
  const skills = { ...project.skills };
  for (const name of drop) {
    if (!Object.hasOwn(skills, name))
      throw new SkillsError("ENOTINSTALLED", `${name} is not in skills.json`, {
        hint: "Run skills why to see what brings a skill in.",
      });
    delete skills[name];
  }
  for (const [name, { range, changes }] of wants) skills[name] = { ...skills[name], range, ...changes };
  return { ...project, ...defaultsFor(project, defaults), skills };
}

/** What is written down once versions are chosen: for a tag or nothing, as npm does, a caret range of the version found. */
export function settleRanges(project: Project, { wants }: Request, tree: Tree): Project {
  const skills = Object.entries(project.skills).map(([name, wish]) => {
    const want = wants.get(name);
    const version = tree.get(name)?.version;
    if (want === undefined || version === undefined || want.save === "typed") return [name, wish];
    return [name, { ...wish, range: want.save === "exact" ? version : `^${version}` }];
  });
  return { ...project, skills: Object.fromEntries(skills) };
}

/** A version or range is saved as it was typed: who names one version means that one. A tag or a bare name becomes a range. */
export function savedAs(range: string, exact: boolean): Want["save"] {
  if (exact) return "exact";
  return isRange(range) && range !== "*" ? "typed" : "caret";
}

function defaultsFor(project: Project, { agents, mode }: Request["defaults"]): Partial<Project> {
  const isFirst = Object.keys(project.skills).length === 0;
  return {
    ...(agents !== undefined && isFirst && project.agents === undefined ? { agents } : {}),
    ...(mode !== undefined && isFirst && project.mode === undefined ? { mode } : {}),
  };
}
