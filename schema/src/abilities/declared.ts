import type { Entry } from "../entry.ts";
import { decodeSkill, type Frontmatter, parseFrontmatter } from "../frontmatter.ts";
import { type FoundSkill, findSkills } from "../layout.ts";
import { type Ability, excerpt } from "./ability.ts";
import { digestOf } from "./scripts.ts";

/** Fields with which some agents run commands, or another model or agent, on behalf of a skill. */
const SETTINGS = [
  "hooks",
  "model",
  "agent",
  "context",
  "shell",
  "mcpServers",
  "permissionMode",
  "permissions",
  "allowedTools",
  "tools",
] as const;

export const ON_ITS_OWN = "an agent may choose it by itself";
export const ON_REQUEST = "only when a person asks for it";

/** Files by which agents are configured when they lie at the root of a project or a plugin: servers, hooks, permissions. */
const AGENT_FILE =
  /(?:^|\/)(?:\.mcp\.json|hooks\.json|plugin\.json|\.[a-z]{1,20}\/settings(?:\.local)?\.json|(?:AGENTS|CLAUDE|GEMINI)\.md)$/;
/** A skill deeper than packs have them: agents that look through folders find it all the same. */
const SKILL_FILE = /(?:^|\/)SKILL\.md$/i;

/** What the files of a package declare: skills that are there, with their tools and settings, and files for agents. */
export function declaredBy(entries: readonly Entry[]): Ability[] {
  const declared = skillsIn(entries);
  const known = new Set(declared.map(({ path }) => path));
  const files = entries.flatMap(({ type, path, data }): Ability[] => {
    if (type !== "file" || known.has(path)) return [];
    if (SKILL_FILE.test(path)) return [{ kind: "skill", subject: path, detail: ON_ITS_OWN, path, line: 1 }];
    if (!AGENT_FILE.test(path)) return [];
    const detail = "a file that configures agents";
    return [{ kind: "setting", subject: path, detail, path, digest: digestOf(data) }];
  });
  return [...declared, ...files];
}

function skillsIn(entries: readonly Entry[]): Ability[] {
  return findSkills([...entries]).skills.flatMap(({ path, root, data }: FoundSkill) => {
    const decoded = decodeSkill(data, path);
    const frontmatter = "text" in decoded ? parseFrontmatter(decoded.text, path).frontmatter : undefined;
    if (frontmatter === undefined) return [];
    const of = root === "" ? "" : ` (${root.split("/").at(-1)})`;
    return [
      skillItself(path, frontmatter),
      ...toolsOf(path, frontmatter, of),
      ...settingsOf(path, frontmatter, of),
    ];
  });
}

function skillItself(path: string, { data }: Frontmatter): Ability {
  const detail = data["disable-model-invocation"] === true ? ON_REQUEST : ON_ITS_OWN;
  return { kind: "skill", subject: path, detail, path, line: 1 };
}

function toolsOf(path: string, { data, lines }: Frontmatter, of: string): Ability[] {
  const line = lines.get("allowed-tools") ?? 1;
  return splitTools(data["allowed-tools"]).map((tool) => ({
    kind: "tool",
    subject: `${excerpt(tool)}${of}`,
    path,
    line,
  }));
}

/** `Bash(git add:*) Read`, also with commas, as a list, or as the keys of a map. */
function splitTools(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((tool) => typeof tool === "string");
  if (typeof value === "object" && value !== null) return Object.keys(value);
  if (typeof value !== "string") return [];
  return value.match(/[^\s,()]+(?:\([^()]*\))?/g) ?? [];
}

function settingsOf(path: string, { data, lines }: Frontmatter, of: string): Ability[] {
  return SETTINGS.flatMap((field) => {
    const value = data[field];
    if (value === undefined || value === null) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const line = lines.get(field) ?? 1;
    return [
      {
        kind: "setting",
        subject: `${field}${of}`,
        detail: excerpt(text),
        path,
        line,
        digest: digestOf(text),
      },
    ];
  });
}
