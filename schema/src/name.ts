/** Longest name of a skill and of a namespace: the agentskills.io limit, and what file systems and URLs bear easily. */
const NAME_MAX = 64;

const NAMESPACE = /^[a-z0-9][a-z0-9-]*$/;
const SKILL = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Device names on Windows, where a skill becomes a folder of its name; with any extension they are the device all the same. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** `@acme/legal-documents`, taken apart. */
export interface PackageName {
  full: string;
  namespace: string;
  skill: string;
}

export function isNamespace(text: string): boolean {
  return text.length <= NAME_MAX && NAMESPACE.test(text);
}

/** The agentskills.io rule for `name`: lower-case words of letters and digits, joined by single hyphens, 1 to 64 characters; no device name. */
export function isSkillName(text: string): boolean {
  return text.length <= NAME_MAX && SKILL.test(text) && !isDeviceName(text);
}

/** Whether Windows opens a device instead of a folder of this name. */
export function isDeviceName(text: string): boolean {
  return RESERVED.test(text);
}

/**
 * The one way from text to a package name; undefined for everything else.
 * Nothing is normalised: two texts never mean the same package, so a name cannot be an alias of another on disk or in a URL.
 */
export function parsePackageName(text: string): PackageName | undefined {
  if (!text.startsWith("@")) return undefined;
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const namespace = text.slice(1, slash);
  const skill = text.slice(slash + 1);
  return isNamespace(namespace) && isSkillName(skill) ? { full: text, namespace, skill } : undefined;
}

/** Nearest valid skill name to a text: "My Skill_v2!" becomes "my-skill-v2". Empty when nothing usable is left. */
export function slugify(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, NAME_MAX)
    .replace(/^-+|-+$/g, "");
}
