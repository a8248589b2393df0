import { join, resolve } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import { exists } from "../files.ts";
import { nearest } from "../nearest.ts";
import { AGENTS, CANONICAL_FOLDER, type Agent } from "./agents-table.ts";

export { AGENTS, CANONICAL_FOLDER };

/** An agent of the table, or one that skills.json gives a folder to. Kebab-case: see `isAgentId`. */
export type AgentId = string;

/** Where nothing tells which agents are used: together these two folders reach the commonest agents in a project. */
export const DEFAULT_AGENTS: readonly AgentId[] = ["claude-code", "codex"];

/** Those that help and errors name; there are too many for all. */
export const COMMON_AGENTS: readonly AgentId[] = [
  "claude-code",
  "codex",
  "cursor",
  "github-copilot",
  "gemini-cli",
  "opencode",
];

/** Longest id; the longest of the table has 15 letters. */
const ID_MAX = 64;

/** Folders of a project that are not ours to write to: of git, and of npm, which empties its own at each install. */
const REFUSED_FOLDERS = new Set([".git", "node_modules"]);

/** A project, or the user's home for `--global`. */
export interface Site {
  root: string;
  global: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** Folders that skills.json gives to agents, those of the table or others, below `root`. */
  folders: Readonly<Record<AgentId, string>>;
}

const BY_ID: ReadonlyMap<AgentId, Agent> = new Map(Object.entries(AGENTS));
const BY_ALIAS: ReadonlyMap<string, AgentId> = new Map(
  Object.entries(AGENTS).flatMap(([id, { aliases = [] }]) => aliases.map((alias) => [alias, id] as const)),
);

/** Whether a text has the form of an id; not whether there is such an agent. */
export function isAgentId(text: string): boolean {
  return text.length <= ID_MAX && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

/** A skills folder that skills.json gives to an agent: below the root, and nobody else's. */
export const folderOverride = z
  .string()
  .min(1)
  .refine((folder) => isOwnFolder(folder), {
    error:
      "is not a folder of an agent's own: relative, with /, without .., not in .git, node_modules or .agents/skills",
  });

function isOwnFolder(folder: string): boolean {
  if (overlapsCanonical(folder.toLowerCase())) return false;
  // A drive letter or a backslash means another place on Windows than the text says.
  // oxlint-disable-next-line no-control-regex -- such names garble every list that shows them
  if (/[\\:\u0000-\u001f\u007f]/.test(folder)) return false;
  // Nor with a dot or space at its end, which Windows leaves out.
  return folder.split("/").every((part) => /[^. ]$/.test(part) && !REFUSED_FOLDERS.has(part.toLowerCase()));
}

/** Around or within the canonical folder, a link to a skill would lie where skills themselves do. */
function overlapsCanonical(folder: string): boolean {
  return CANONICAL_FOLDER.startsWith(`${folder}/`) || folder.startsWith(`${CANONICAL_FOLDER}/`);
}

/** Every agent that has a skills folder at the site: the table in its order, then those of skills.json alone. */
export function agentIds(site: Site): AgentId[] {
  const known = [...BY_ID.keys()].filter((id) => folderOf(id, site) !== undefined);
  const others = Object.keys(site.folders).filter((id) => !BY_ID.has(id));
  return [...known, ...others.toSorted()];
}

/** What the table calls the agent, or its id. */
export function agentTitle(id: AgentId): string {
  return BY_ID.get(id)?.title ?? id;
}

/** How much of names and descriptions an agent takes in; undefined where nobody has said. */
export function agentListing(id: AgentId): Agent["listing"] {
  return BY_ID.get(id)?.listing;
}

/**
 * The id that a person's word for an agent stands for.
 * @throws ENOAGENT for an agent that is not known, or that reads no skills at this site
 */
export function requireAgent(text: string, site: Site): AgentId {
  const id = Object.hasOwn(site.folders, text) ? text : (BY_ALIAS.get(text) ?? text);
  agentFolder(id, site);
  return id;
}

/**
 * Absolute path of the folder that an agent reads skills from.
 * @throws ENOAGENT for an agent that is not known, or that reads no skills at this site
 */
export function agentFolder(id: AgentId, site: Site): string {
  const folder = folderOf(id, site);
  if (folder !== undefined) return folder;
  if (BY_ID.has(id)) {
    throw new SkillsError("ENOAGENT", `${id} reads skills in projects only`, {
      hint: "Run the command in a project, without --global.",
    });
  }
  const close = nearest(id, [...agentIds(site), ...BY_ALIAS.keys()]);
  throw new SkillsError("ENOAGENT", `there is no agent ${JSON.stringify(id)}`, {
    hint:
      close === undefined
        ? "Run skills doctor --agents to see all of them, or give yours a folder under folders in skills.json."
        : `Did you mean ${close}?`,
  });
}

function folderOf(id: AgentId, site: Site): string | undefined {
  if (Object.hasOwn(site.folders, id)) return join(site.root, site.folders[id] ?? "");
  const agent = BY_ID.get(id);
  const folder = site.global ? agent?.home : agent?.project;
  return agent === undefined || folder === undefined ? undefined : pathOf(agent, folder, site);
}

/** A path below the site's root, or where the agent's variable moves it to. */
function pathOf({ variable }: Agent, path: string, site: Site): string {
  const value = variable === undefined ? undefined : site.env[variable.name];
  // Empty counts as absent, as it does for the agents themselves.
  if (!site.global || variable === undefined || value === undefined || value === "")
    return join(site.root, path);
  const inside = path === variable.standsFor || path.startsWith(`${variable.standsFor}/`);
  return inside
    ? resolve(site.root, value, `.${path.slice(variable.standsFor.length)}`)
    : join(site.root, path);
}

/** Absolute paths of all folders that an agent reads skills from: its own, and those it shares with others. */
export function readFolders(id: AgentId, site: Site): string[] {
  const agent = BY_ID.get(id);
  const others = agent?.alsoReads?.[site.global ? "home" : "project"] ?? [];
  const own = folderOf(id, site);
  const paths = agent === undefined ? [] : others.map((folder) => pathOf(agent, folder, site));
  return [...new Set([...(own === undefined ? [] : [own]), ...paths])];
}

/** The agents that leave a trace in the project or home, and those that skills.json gives a folder to. */
export async function detectAgents(site: Site): Promise<AgentId[]> {
  const ids = agentIds(site);
  const found = await Promise.all(ids.map((id) => isUsed(id, site)));
  return ids.filter((_, index) => found[index]);
}

async function isUsed(id: AgentId, site: Site): Promise<boolean> {
  const agent = BY_ID.get(id);
  if (agent === undefined || Object.hasOwn(site.folders, id)) return true;
  const signs = site.global ? agent.homeSigns : agent.projectSigns;
  const found = await Promise.all(signs.map((sign) => exists(pathOf(agent, sign, site))));
  return found.includes(true);
}
