import type { SkillManifest } from "./manifest.ts";

/** What skills are found by in registries that hold other packages too. */
export const SKILL_KEYWORD = "agent-skill";

/**
 * A package.json for a skill that has none; always the same for the same skill and version. `skill` is undefined for a pack,
 * whose skills describe themselves.
 */
export function generatePackageJson(
  name: string,
  version: string,
  skill: SkillManifest | undefined,
): { name: string; version: string; [field: string]: unknown } {
  const { description, license } = skill ?? {};
  return {
    name,
    version,
    ...(description === undefined ? {} : { description }),
    ...(license === undefined ? {} : { license }),
    keywords: [SKILL_KEYWORD],
  };
}

/** The text of package.json. */
export function packageJsonText(manifest: object): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
