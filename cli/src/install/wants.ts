import { isSkillName } from "@skills-registry/schema/basics";
import type { Wish } from "../project/project-schema.ts";
import { parseSkillSpec, type SkillSpec } from "../registry/fetch-skill.ts";
import { usageError } from "../usage-error.ts";
import { savedAs, type Want } from "./request.ts";

/** What the options of a command say beside its specs. */
export interface WantOptions {
  /** Save the version found instead of a range. */
  exact: boolean;
  /** `name` for the only skill of the only package, or `old=new`; repeated. */
  as: readonly string[];
  /** Skills of a pack; repeated, or separated by commas. */
  skill: readonly string[];
}

/** What the specs of a command line want. Throws EUSAGE, EBADNAME. */
export async function parseWants(texts: readonly string[], options: WantOptions): Promise<Map<string, Want>> {
  if (texts.length > 1 && options.as.length + options.skill.length > 0)
    throw usageError("--as and --skill speak of one package: name only that");
  const wants = new Map<string, Want>();
  for (const text of texts) {
    const spec = await parseSkillSpec(text);
    if (wants.has(spec.name)) throw usageError(`${spec.name} is named twice`);
    wants.set(spec.name, wantOf(spec, options));
  }
  return wants;
}

function wantOf({ wanted, parts }: SkillSpec, { exact, as, skill }: WantOptions): Want {
  const skills = skill.flatMap((list) => list.split(",")).map(parseName);
  const names = as.map((text) => parseRenaming(text, skills[0] ?? parts.skill));
  const changes: Want["changes"] = {
    ...(skills.length === 0 ? {} : { skills }),
    ...(names.length === 0 ? {} : { as: Object.fromEntries(names) satisfies Wish["as"] }),
  };
  return { range: wanted, save: savedAs(wanted, exact), changes };
}

/** A name alone is for the skill named with --skill, or the one that is called like its package. */
function parseRenaming(text: string, only: string): [from: string, to: string] {
  const [, from, to] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return [only, parseName(text)];
  return [parseName(from), parseName(to)];
}

function parseName(text: string): string {
  if (isSkillName(text)) return text;
  throw usageError(`"${text}" is not the name of a skill: lower-case words, joined by single hyphens`);
}
