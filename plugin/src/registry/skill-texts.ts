import type { Version } from "../store/metadata.ts";
import { type PackagedSkill, skillFacts } from "./skill-facts.ts";

/** The SKILL.md of one skill in a package. */
export interface SkillText extends PackagedSkill {
  /** As published, frontmatter included. */
  text: string;
  /** Below the frontmatter. */
  body: string;
}

/** A pack's texts are stored in one, each after an empty line. */
const BOUNDARY = /\n\n(?=---[ \t]*\r?\n)/g;

/** Takes the stored readme apart again: each text begins with the frontmatter that names the next skill of the manifest. */
export function skillTexts({ manifest, readme }: Pick<Version, "manifest" | "readme">): SkillText[] {
  const { skills } = skillFacts(manifest);
  const starts = startsOf(readme, skills);
  return skills.map((skill, index) => {
    const start = starts[index] ?? readme.length;
    const next = starts[index + 1];
    const text = readme.slice(start, next === undefined ? undefined : next - "\n\n".length);
    return { ...skill, text, body: splitText(text).body };
  });
}

function startsOf(readme: string, skills: PackagedSkill[]): number[] {
  const starts = [0];
  const boundaries = skills.length > 1 ? readme.matchAll(BOUNDARY) : [];
  for (const { index, 0: gap } of boundaries) {
    const wanted = skills[starts.length];
    if (wanted === undefined) break;
    const start = index + gap.length;
    if (isTextOf(wanted, readme, start)) starts.push(start);
  }
  return starts;
}

/** Whether a frontmatter begins here, and names the skill: a rule in Markdown looks like the beginning of one. */
function isTextOf({ name }: PackagedSkill, readme: string, start: number): boolean {
  const { yaml } = splitText(readme.slice(start, start + FRONTMATTER_WINDOW));
  return yaml.split(/\r?\n/).some((line) => nameIn(line) === name);
}

/** Names of skills need no escapes, so that a plain or quoted scalar is all that is written. */
function nameIn(line: string): string | undefined {
  return /^name:[ \t]*(["']?)([a-z0-9-]+)\1[ \t]*(?:#.*)?$/.exec(line)?.[2];
}

/** Longer than the validator lets a frontmatter be. */
const FRONTMATTER_WINDOW = 16 * 1024;

/**
 * A text that was validated when it was published. No YAML parser is asked: a hostile body has room for hundreds of
 * frontmatters that would take one 50 ms each.
 */
function splitText(text: string): { yaml: string; body: string } {
  const found = /^---[ \t]*\r?\n([^]*?)^---[ \t]*(?:\r?\n|$)/m.exec(text.slice(0, FRONTMATTER_WINDOW));
  return found?.index === 0
    ? { yaml: found[1] ?? "", body: text.slice(found[0].length) }
    : { yaml: "", body: text };
}
