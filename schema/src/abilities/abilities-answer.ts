import type { NewAbilitiesAnswer } from "../api/diff.ts";
import type { Entry } from "../entry.ts";
import { abilitiesOf } from "./abilities.ts";
import { type NewAbility, newAbilities } from "./new-abilities.ts";
import { abilityText } from "./words.ts";

/** New abilities of one kind that are told. A flood of one kind hides no other. */
const TOLD_OF_A_KIND = 100;

/** What one set of files can do, or has an agent do, that another cannot: for answers and pages, bounded. Never throws. */
export function compareAbilities(before: readonly Entry[], after: readonly Entry[]): NewAbilitiesAnswer {
  const all = newAbilities(abilitiesOf(before), abilitiesOf(after));
  const counts = new Map<string, number>();
  const told = all.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= TOLD_OF_A_KIND;
  });
  return { found: told.map(answered), leftOut: all.length - told.length };
}

function answered({ digest: _digest, ...ability }: NewAbility): NewAbilitiesAnswer["found"][number] {
  return { ...ability, text: abilityText(ability) };
}
