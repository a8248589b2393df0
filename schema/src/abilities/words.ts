import type { AbilityKind } from "./ability.ts";
import type { NewAbility } from "./new-abilities.ts";

const WORDS: Record<AbilityKind, (ability: NewAbility) => string> = {
  hidden: ({ detail = "" }) => `has ${detail}`,
  load: ({ subject }) => `has a command that some agents run as soon as they read the skill: ${subject}`,
  download: ({ subject }) => `has code that runs what it downloads or decodes: ${subject}`,
  script: ({ subject, detail = "", change }) =>
    `${change === "added" ? "ships the script" : "changes the script"} ${subject} (${detail})`,
  tool: ({ subject }) => `may use ${subject} without asking`,
  setting: ({ subject, detail = "", change }) =>
    `${change === "added" ? "sets" : "changes"} ${subject}: ${detail}`,
  skill: ({ path, detail = "", change }) =>
    change === "added" ? `brings another skill: ${path}` : `is no longer used on request only: ${detail}`,
  dependency: ({ subject, detail = "", before }) =>
    `builds on ${subject} ${detail}${before === undefined ? "" : `, before on ${before}`}`,
  package: ({ subject }) => `has a command that installs or runs ${subject}`,
  host: ({ subject, said }) => `${said === "script" ? "a script names" : "names"} the host ${subject}`,
  variable: ({ subject, said }) =>
    `${said === "script" ? "a script reads" : "names"} the variable ${subject}`,
  unread: ({ subject }) => `was not looked through, because it is too large: ${subject}`,
};

/** A new ability in words, without where it is said: `a script names the host evil.example`. Text of the skill is in it. */
export function abilityText(ability: NewAbility): string {
  return WORDS[ability.kind](ability);
}
