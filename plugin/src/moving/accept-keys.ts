import { SkillsError } from "@skills-registry/schema";
import type { PublicKey } from "./bring-in.ts";

export interface KeyDecision {
  /** All that are believed from now on. */
  keys: PublicKey[];
  /** Ids of those that were not believed before. */
  accepted: string[];
}

/**
 * Which keys of an export are believed. Where some are believed already, or an operator names some, it is those alone; else, at the
 * first import, those that come with it. Throws ESIGNATURE naming the others.
 */
export function decideKeys(offered: PublicKey[], believed: PublicKey[], named: string[]): KeyDecision {
  const known = new Set(believed.map(({ keyid }) => keyid));
  const fresh = offered.filter(({ keyid }) => !known.has(keyid));
  const isFirst = known.size === 0 && named.length === 0;
  const refused = isFirst ? [] : fresh.filter(({ keyid }) => !named.includes(keyid));
  if (refused.length > 0) {
    const ids = refused.map(({ keyid }) => keyid).join(", ");
    throw new SkillsError("ESIGNATURE", `the export is signed with a key that is not believed: ${ids}`, {
      hint: "Ask whoever runs that registry whether it is theirs: it shows its keys at /-/npm/v1/keys. Then import with --key <keyid>.",
    });
  }
  return { keys: [...believed, ...fresh], accepted: fresh.map(({ keyid }) => keyid) };
}
