import { copyFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { packageOf } from "./cli-skills.ts";
import { makeHome, makeProject, type Bench } from "./cli-setup.ts";
import { execute, NPM, SKILLS, type CommandLine, type Surroundings } from "./cli-tools.ts";

export type Tool = "skills" | "npm" | "pnpm" | "vercel" | "openskills";

/** What a tool restores an install from; the last two know no registry. */
const LOCK_FILES: Record<Tool, readonly string[]> = {
  skills: ["skills.json", "skills.lock"],
  npm: ["package.json", "package-lock.json"],
  pnpm: ["package.json", "pnpm-lock.yaml"],
  vercel: [],
  openskills: [],
};

/** The command line by which a tool installs all skills for the first time. */
export async function firstInstall(
  bench: Bench,
  tool: Tool,
  source = bench.repository,
): Promise<CommandLine> {
  const { peers, skills } = bench;
  const names = skills.map(packageOf);
  // The two agents that an empty project gets from us, too.
  const agents = ["--agent", "claude-code", "codex"];
  switch (tool) {
    case "skills":
      return [...SKILLS, "add", ...names];
    case "npm":
      return [...NPM, "install", ...names];
    case "pnpm":
      return [...(await peers.line("pnpm")), "add", ...names];
    case "vercel":
      return [...(await peers.line("skills")), "add", source, "--skill", "*", ...agents, "--yes"];
    case "openskills":
      return [...(await peers.line("openskills")), "install", source, "--yes"];
  }
}

/** Projects in which each tool itself has installed all skills, with the homes that hold its caches; made on first use. */
export type Projects = (tool: Tool) => Promise<Surroundings>;

export function installedProjects(bench: Bench): Projects {
  const known = new Map<Tool, Promise<Surroundings>>();
  return async (tool) => {
    const project = known.get(tool) ?? installAll(bench, tool);
    known.set(tool, project);
    return await project;
  };
}

/** Gives an empty project what the tool restores an install from. */
export async function copyLock(projects: Projects, tool: Tool, project: string): Promise<void> {
  if (LOCK_FILES[tool].length === 0) return;
  const { cwd } = await projects(tool);
  for (const file of LOCK_FILES[tool]) await copyFile(path.join(cwd, file), path.join(project, file));
}

async function installAll(bench: Bench, tool: Tool): Promise<Surroundings> {
  const cwd = await makeProject(bench, `installed-${tool}`);
  const home = await makeHome(bench, `installed-${tool}`);
  if (LOCK_FILES[tool].includes("package.json")) await writeFile(path.join(cwd, "package.json"), "{}");
  await execute(await firstInstall(bench, tool), { cwd, home });
  return { cwd, home };
}
