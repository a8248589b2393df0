import { readdir } from "node:fs/promises";
import path from "node:path";
import { measured, type Contender } from "./cli-contenders.ts";
import { copyLock, firstInstall, type Projects, type Tool } from "./cli-projects.ts";
import { makeHome, makeProject, type Bench } from "./cli-setup.ts";
import { execute, NPM, SKILLS, type CommandLine } from "./cli-tools.ts";

const ROUNDS = { counted: 11, warmup: 1 };

/** How one tool gets the skills into an empty project. */
interface Installer {
  name: string;
  tool: Tool;
  line(): CommandLine | Promise<CommandLine>;
  /** Folder below the project where the skills are afterwards. */
  placed: string;
}

export async function installTables(bench: Bench, projects: Projects): Promise<string> {
  const locked = lockedInstallers(bench);
  const warm = [...locked, ...folderInstallers(bench)];
  const cold = [...locked, gitInstaller(bench)];
  const contenders = (cache: "warm" | "cold", installers: Installer[]): Contender[] =>
    installers.map((installer, index) =>
      contender({ bench, projects, cache }, installer, `${cache}-${index}`),
    );
  return [
    await measured("Install 50 skills, warm cache", contenders("warm", warm), ROUNDS),
    await measured("Install 50 skills, cold cache", contenders("cold", cold), ROUNDS),
  ].join("\n");
}

function lockedInstallers({ peers }: Bench): Installer[] {
  const ours: Pick<Installer, "tool" | "line" | "placed"> = {
    tool: "skills",
    line: () => [...SKILLS, "install"],
    placed: ".agents/skills",
  };
  const placed = "node_modules/@acme";
  return [
    { name: "skills install", ...ours },
    { name: "skills install again (A/A)", ...ours },
    { name: "npm ci", tool: "npm", line: () => [...NPM, "ci"], placed },
    {
      name: `${peers.title("pnpm")} install --frozen-lockfile`,
      tool: "pnpm",
      line: async () => [...(await peers.line("pnpm")), "install", "--frozen-lockfile"],
      placed,
    },
  ];
}

/** Tools without a registry copy folders: nothing is fetched or verified, so they stand beside a warm cache. */
function folderInstallers(bench: Bench): Installer[] {
  const { peers } = bench;
  return [
    {
      name: `${peers.title("skills")} add, from a folder`,
      tool: "vercel",
      line: async () => await firstInstall(bench, "vercel"),
      placed: ".agents/skills",
    },
    {
      name: `${peers.title("openskills")} install, from a folder`,
      tool: "openskills",
      line: async () => await firstInstall(bench, "openskills"),
      placed: ".claude/skills",
    },
  ];
}

function gitInstaller(bench: Bench): Installer {
  return {
    name: `${bench.peers.title("skills")} add, from a local git repository`,
    tool: "vercel",
    line: async () => await firstInstall(bench, "vercel", `file://${bench.repository}`),
    placed: ".agents/skills",
  };
}

interface Stage {
  bench: Bench;
  projects: Projects;
  cache: "warm" | "cold";
}

function contender({ bench, projects, cache }: Stage, installer: Installer, id: string): Contender {
  const { name, tool, line, placed } = installer;
  return {
    name,
    async run(round) {
      // The trial fills the cache of all warm rounds.
      const home = await makeHome(bench, cache === "warm" ? id : `${id}-${round}`);
      const cwd = await makeProject(bench, `${id}-${round}`);
      await copyLock(projects, tool, cwd);
      await execute(await line(), { cwd, home });
      const count = (await readdir(path.join(cwd, placed))).length;
      if (count !== bench.skills.length) throw new Error(`it placed ${count} skills`);
    },
  };
}
