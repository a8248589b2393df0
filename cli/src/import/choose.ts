import { SkillsError, sameContent } from "@skills-registry/schema";
import { nearest } from "../nearest.ts";
import { isHidden } from "./find.ts";
import { nameOf } from "./named.ts";
import type { Material } from "./prepare.ts";

/** A candidate that was chosen, under the name it gets. */
export interface Chosen {
  material: Material;
  skill: string;
  /** True where the user named it. */
  isNamed: boolean;
  /** Paths of others that have the same name, and how many more there are; none of them is imported. */
  rivals: string[];
}

/** Paths with one name that are told: thousands of them, each with all others, would fill the memory. */
const RIVALS_SHOWN = 5;

/**
 * The candidates that the user wants, by name or path; all, where nothing is named. Copies in hidden folders of agents are
 * passed over where the skill itself is there. Throws EIMPORT for a wish that nothing fits.
 */
export function chooseCandidates(materials: readonly Material[], wishes: readonly string[]): Chosen[] {
  const found = materials.map((material) => ({ material, skill: nameOf(material) }));
  const all = withoutCopies(found);
  const wished = new Set(wishes.flatMap((wish) => fitting(wish, found, all)));
  const wanted = wishes.length === 0 ? all : found.filter((one) => wished.has(one));
  const groups = Map.groupBy(wanted, ({ skill }) => skill);
  return wanted.map(({ material, skill }) => ({
    material,
    skill,
    isNamed: wishes.length > 0,
    rivals: skill === "" ? [] : rivalsOf(material, groups.get(skill) ?? []),
  }));
}

interface Named {
  material: Material;
  skill: string;
}

/** The one in a folder, copy or not; or all of a name. */
function fitting(wish: string, found: readonly Named[], all: readonly Named[]): Named[] {
  const text = wish === "." ? "" : wish.replace(/^\.\/|\/+$/g, "");
  const there = found.filter(({ material: { candidate } }) =>
    [candidate.path, candidate.folder].includes(text),
  );
  const named = there.length > 0 ? there : all.filter(({ skill }) => skill === text);
  if (named.length === 0) throw unknownWish(wish, all);
  return named;
}

function rivalsOf(material: Material, group: readonly Named[]): string[] {
  const others = group.slice(0, RIVALS_SHOWN + 1).filter((other) => other.material !== material);
  const shown = others.slice(0, RIVALS_SHOWN).map((other) => other.material.candidate.path);
  const more = group.length - 1 - shown.length;
  return more === 0 ? shown : [...shown, `${more} more`];
}

/** Of the same skill in several folders, those in hidden ones go, and all but one where only hidden ones have it. */
function withoutCopies(all: readonly Named[]): Named[] {
  const groups = Map.groupBy(all, ({ skill }) => skill);
  return all.filter((one) => {
    const group = groups.get(one.skill) ?? [];
    if (one.skill === "" || !isHidden(one.material.candidate.path)) return true;
    const [first] = group;
    if (group.some(({ material }) => !isHidden(material.candidate.path))) return false;
    return one === first || first === undefined || !sameContent(one.material.entries, first.material.entries);
  });
}

function unknownWish(wish: string, all: readonly Named[]): SkillsError {
  const names = all.map(({ skill }) => skill);
  const close = nearest(wish, names);
  return new SkillsError("EIMPORT", `there is no skill ${wish} in it`, {
    hint:
      close === undefined
        ? "skills import --dry-run without --select lists what there is."
        : `Did you mean ${close}?`,
  });
}
