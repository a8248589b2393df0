import { join, resolve } from "node:path";
import { exists } from "../files.ts";

interface Agent {
  title: string;
  /** Skills folder below a project's root. */
  project: string;
  /** Skills folder below the user's home. */
  home: string;
  /** A variable that moves the home folder, and the skills folder below its value. */
  variable?: { name: string; below: string };
  /** Any of these below a project's root tells that the agent is used there. */
  projectSigns: readonly string[];
  /** The same below the user's home. */
  homeSign: string;
}

/** The folder that most agents read by themselves; every skill has its one true copy there. */
export const CANONICAL_FOLDER = ".agents/skills";

/** Every agent we install for. One row is all that a new one takes. */
export const AGENTS = {
  "claude-code": {
    title: "Claude Code",
    project: ".claude/skills",
    home: ".claude/skills",
    variable: { name: "CLAUDE_CONFIG_DIR", below: "skills" },
    projectSigns: [".claude", "CLAUDE.md"],
    homeSign: ".claude",
  },
  codex: {
    title: "Codex",
    project: CANONICAL_FOLDER,
    home: CANONICAL_FOLDER,
    variable: { name: "CODEX_HOME", below: "skills" },
    projectSigns: [".codex"],
    homeSign: ".codex",
  },
  cursor: {
    title: "Cursor",
    project: CANONICAL_FOLDER,
    home: ".cursor/skills",
    projectSigns: [".cursor", ".cursorrules"],
    homeSign: ".cursor",
  },
  "github-copilot": {
    title: "GitHub Copilot",
    project: CANONICAL_FOLDER,
    home: ".copilot/skills",
    projectSigns: [".github/copilot-instructions.md", ".github/instructions"],
    homeSign: ".copilot",
  },
  "gemini-cli": {
    title: "Gemini CLI",
    project: CANONICAL_FOLDER,
    home: ".gemini/skills",
    projectSigns: [".gemini", "GEMINI.md"],
    homeSign: ".gemini",
  },
  opencode: {
    title: "OpenCode",
    project: CANONICAL_FOLDER,
    home: ".config/opencode/skills",
    variable: { name: "XDG_CONFIG_HOME", below: "opencode/skills" },
    projectSigns: [".opencode", "opencode.json", "opencode.jsonc"],
    homeSign: ".config/opencode",
  },
} as const satisfies Record<string, Agent>;

export type AgentId = keyof typeof AGENTS;

export const AGENT_IDS: readonly AgentId[] = Object.keys(AGENTS).filter(isAgentId);

/** Where nothing tells which agents are used: together these two folders reach all of the table in a project. */
export const DEFAULT_AGENTS: readonly AgentId[] = ["claude-code", "codex"];

export function isAgentId(text: string): text is AgentId {
  return Object.hasOwn(AGENTS, text);
}

/** A project, or the user's home for `--global`. */
export interface Site {
  root: string;
  global: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

/** Absolute path of the folder that an agent reads skills from. */
export function agentFolder(id: AgentId, site: Site): string {
  const agent: Agent = AGENTS[id];
  if (!site.global) return join(site.root, agent.project);
  const moved = agent.variable === undefined ? undefined : site.env[agent.variable.name];
  if (agent.variable === undefined || moved === undefined || moved === "") return join(site.root, agent.home);
  return resolve(site.root, moved, agent.variable.below);
}

/** The agents that leave a trace in the project or home, in the order of the table. */
export async function detectAgents(site: Site): Promise<AgentId[]> {
  const found = await Promise.all(AGENT_IDS.map((id) => isUsed(id, site)));
  return AGENT_IDS.filter((_, index) => found[index]);
}

async function isUsed(id: AgentId, site: Site): Promise<boolean> {
  const signs = site.global ? [AGENTS[id].homeSign] : AGENTS[id].projectSigns;
  const found = await Promise.all(signs.map((sign) => exists(join(site.root, sign))));
  return found.includes(true);
}
