import { type Ability, ABILITY_KINDS } from "./ability.ts";
import { ON_REQUEST } from "./declared.ts";

/** What a version can do, or has an agent do, that the one before could not. */
export interface NewAbility extends Ability {
  change: "added" | "changed";
  /** The detail before; only where it changed. */
  before?: string;
}

/** What is there after and was not before, and what became more; the gravest first. What went away is not told. */
export function newAbilities(before: readonly Ability[], after: readonly Ability[]): NewAbility[] {
  const known = new Map(before.map((ability) => [keyOf(ability), ability]));
  const digests = new Set(before.map(({ kind, digest }) => `${kind} ${digest}`));
  const news = after.flatMap((ability): NewAbility[] => {
    const old = known.get(keyOf(ability));
    if (old !== undefined) return isMore(old, ability) ? [changed(old, ability)] : [];
    if (ability.kind === "script" && digests.has(`script ${ability.digest}`)) return [];
    return isCovered(ability, known) ? [] : [{ ...ability, change: "added" }];
  });
  return news.toSorted(byGravity);
}

/** What two versions are compared by. */
function keyOf({ kind, subject }: Ability): string {
  return `${kind} ${subject}`;
}

function changed(old: Ability, ability: Ability): NewAbility {
  const before = old.detail === undefined || old.detail === ability.detail ? {} : { before: old.detail };
  return { ...ability, change: "changed", ...before };
}

function isMore(old: Ability, ability: Ability): boolean {
  if (old.said === "text" && ability.said === "script") return true;
  if (ability.kind === "skill") return old.detail === ON_REQUEST && ability.detail !== ON_REQUEST;
  if (ability.kind === "dependency") return old.detail !== ability.detail;
  return old.digest !== ability.digest;
}

/** `Bash(git:*)` is nothing new where `Bash` was allowed. */
function isCovered({ kind, subject }: Ability, known: ReadonlyMap<string, Ability>): boolean {
  if (kind !== "tool") return false;
  const [, tool, skill = ""] = /^([^\s(]+)\([^()]*\)( \(.*\))?$/.exec(subject) ?? [];
  return tool !== undefined && known.has(`tool ${tool}${skill}`);
}

function byGravity(a: NewAbility, b: NewAbility): number {
  return (
    ABILITY_KINDS.indexOf(a.kind) - ABILITY_KINDS.indexOf(b.kind) ||
    Number(a.said === "text") - Number(b.said === "text") ||
    compareText(a.path, b.path) ||
    (a.line ?? 0) - (b.line ?? 0)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
