import { parsePackageName } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { parseSkillSpec, resolveSkill } from "./fetch-skill.ts";

/**
 * Fetches what a spec means, and everything that it builds on, so that it can be installed offline. Answers with
 * `name@version` of each, the one that was asked for first.
 */
export async function fillCache(context: Context, spec: string): Promise<string[]> {
  const cached = new Set<string>();
  const waiting = [spec];
  for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
    const { manifest, download } = await resolveSkill(context, await parseSkillSpec(text));
    const id = `${manifest.name}@${manifest.version}`;
    if (cached.has(id)) continue;
    await download();
    cached.add(id);
    const skills = Object.entries(manifest.dependencies).filter(
      ([name]) => parsePackageName(name) !== undefined,
    );
    waiting.push(...skills.map(([name, range]) => `${name}@${range}`));
  }
  return [...cached];
}
