import { join } from "node:path";
import type { Context } from "../context.ts";
import type { AgentId } from "../project/agents.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { displayPath, type Place } from "../project/project.ts";
import type { Installed } from "./install.ts";
import type { PackagePlan } from "./package-plan.ts";

/** What became of one skill, as `--json` and the lines for people have it. */
export interface PlacedSkill {
  /** Its name here. */
  skill: string;
  package: string;
  version: string;
  /** The version that was there before; null for a new package. */
  previous: string | null;
  path: string;
  agents: AgentId[];
  mode: LockedPackage["mode"];
  action: PackagePlan["action"];
  /** Nobody asked for it but packages that build on it. */
  dependency: boolean;
}

/** One line of the report per skill of the package, or of what it was. */
export function placedSkills(place: Place, { name, action, before, after }: PackagePlan): PlacedSkill[] {
  const entry = after ?? before;
  if (entry === undefined) return [];
  return Object.keys(entry.skills).map((skill) => {
    return {
      skill,
      package: name,
      version: entry.version,
      previous: before?.version ?? null,
      path: displayPath(place, join(place.canonical, skill)),
      agents: entry.agents,
      mode: entry.mode,
      action,
      dependency: entry.range === undefined,
    };
  });
}

/** For people: what holds for a whole package is said once. */
export function placedLines(skills: readonly PlacedSkill[]): string[] {
  return [...new Set(skills.map(placedLine))];
}

function placedLine({ action, previous, path, agents, ...skill }: PlacedSkill): string {
  const id = `${skill.package}@${skill.version}`;
  switch (action) {
    case "unchanged":
      return skill.dependency ? `kept ${id}, needed by others` : `unchanged ${id}, already installed`;
    case "kept":
      return `kept ${id}, which has local edits`;
    case "removed":
      return `removed ${id}`;
    default: {
      const what = action === "updated" ? `${skill.package} ${previous} → ${skill.version}` : id;
      const why = skill.dependency ? ", needed by others" : "";
      return `${action} ${what} → ${path} (${agents.join(", ")})${why}`;
    }
  }
}

/**
 * What to tell of an install: packages that changed, and those that were named. Warnings and where copies of local edits are
 * go to stderr.
 */
export function tellInstalled(
  context: Context,
  place: Place,
  { packages, backups, named }: Pick<Installed, "packages" | "backups" | "named">,
): PlacedSkill[] {
  for (const { name, after, deprecated } of packages) {
    if (deprecated !== undefined)
      context.note(`warning: ${name}@${after?.version} is deprecated: ${deprecated}`);
  }
  for (const copy of backups) context.note(`your edits are kept in ${displayPath(place, copy)}`);
  const told = packages.filter(({ name, action }) => action !== "unchanged" || named.has(name));
  return told.flatMap((plan) => placedSkills(place, plan));
}
