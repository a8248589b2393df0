import { fixSkill, type Entry } from "@skills-registry/schema";
import { withoutPackageFile } from "./manifest.ts";
import type { Material } from "./prepare.ts";

/** A copy of a candidate, and what was changed in it, one line each. */
export interface Fixed {
  entries: Entry[];
  changes: string[];
}

/** Repairs what has one right answer, in the copy that is imported: the name of SKILL.md, and what is mechanical in it. */
export function fixMaterial({ entries, folderName, candidate }: Material, skill: string): Fixed {
  const changes: string[] = [];
  if (candidate.kind === "skill" && folderName !== "" && folderName !== skill)
    changes.push(`folder ${folderName} → ${skill}`);
  const named = withSkillFile(entries, changes);
  const fixes = fixSkill(withoutPackageFile(named), skill);
  changes.push(...fixes.flatMap(({ path, changes: made }) => made.map((change) => `${path}: ${change}`)));
  const texts = new Map(fixes.map(({ path, text }) => [path, new TextEncoder().encode(text)]));
  return {
    entries: named.map((entry) => ({ ...entry, data: texts.get(entry.path) ?? entry.data })),
    changes,
  };
}

function withSkillFile(entries: Entry[], changes: string[]): Entry[] {
  const wrong = entries.find(({ path }) => path.toLowerCase() === "skill.md");
  if (wrong === undefined || entries.some(({ path }) => path === "SKILL.md")) return entries;
  changes.push(`${wrong.path} → SKILL.md`);
  return entries.map((entry) => (entry === wrong ? { ...entry, path: "SKILL.md" } : entry));
}
