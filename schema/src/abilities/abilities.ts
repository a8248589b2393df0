import type { Entry } from "../entry.ts";
import type { Ability } from "./ability.ts";
import { otherHostsIn } from "./addresses.ts";
import { loadCommandsIn, packagesIn } from "./commands.ts";
import { declaredBy } from "./declared.ts";
import { dependenciesOf } from "./dependencies.ts";
import { downloadsIn } from "./downloads.ts";
import { hiddenIn } from "./hidden.ts";
import { hostsIn } from "./hosts.ts";
import { digestOf, scriptsOf } from "./scripts.ts";
import { located, type Source, sourcesOf, unreadPart } from "./source.ts";
import { variablesIn } from "./variables.ts";

const SKILL_FILE = /(?:^|\/)SKILL\.md$/;

/**
 * What a version of a skill can do, or has an agent do, as its files say it: nothing is run and nothing is guessed, so what
 * a program does to hide itself is not found. Every thing once, where a script says it or else where a text does first.
 * Never throws; time is linear in the bytes and bounded, and what was not looked through for that is among the answers.
 */
export function abilitiesOf(entries: readonly Entry[]): Ability[] {
  const { sources, unread } = sourcesOf(entries);
  const scripts = scriptsOf(entries);
  const interpreters = new Map(scripts.map(({ path, detail }) => [path, detail]));
  const said = sources.flatMap((source) => saidIn(source, interpreters.get(source.path)));
  return [
    ...scripts,
    ...declaredBy(entries),
    ...dependenciesOf(entries),
    ...once(said),
    ...unread.map(({ path, data }): Ability => ({
      kind: "unread",
      subject: path,
      path,
      digest: digestOf(data),
    })),
  ];
}

function saidIn(source: Source, interpreter: string | undefined): Ability[] {
  const said = [
    ...hiddenIn(source),
    ...(SKILL_FILE.test(source.path) ? located("load", source, loadCommandsIn(source)) : []),
    ...located("download", source, downloadsIn(source)),
    ...located("package", source, packagesIn(source)),
    ...located("host", source, hostsIn(source)),
    ...located("host", source, otherHostsIn(source)),
    ...located("variable", source, variablesIn(source, interpreter)),
  ];
  return source.budget.candidates < 0 ? [...said, unreadPart(source, "all commands and hosts")] : said;
}

/** A script that says a thing outweighs all texts; else it is the first that counts. */
function once(abilities: Ability[]): Ability[] {
  const kept = new Map<string, Ability>();
  for (const ability of abilities) {
    const key = `${ability.kind} ${ability.subject}`;
    const known = kept.get(key);
    if (known === undefined || (known.said === "text" && ability.said === "script")) kept.set(key, ability);
  }
  return [...kept.values()];
}
