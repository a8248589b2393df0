import { mkdir, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cleanEnvironment, run } from "../test/support/process.ts";
import { benchSkills, publishSkills, writeSkills, type BenchSkill } from "./cli-skills.ts";
import { installPeers, type Peers } from "./cli-tools.ts";
import type { BenchServer } from "./servers.ts";

/** What all tables are measured on. */
export interface Bench {
  /** A temporary folder for projects and homes. */
  root: string;
  /** Address of the registry that holds the skills. */
  registry: string;
  skills: BenchSkill[];
  /** A git repository of the same skills. */
  repository: string;
  peers: Peers;
}

export async function setUp(server: BenchServer, root: string): Promise<Bench> {
  const skills = benchSkills();
  await publishSkills(server, skills);
  const repository = path.join(root, "repository");
  await writeSkills(repository, skills);
  await commitAll(repository);
  const peers = await installPeers(path.join(root, "peers"));
  return { root, registry: server.url, skills, repository, peers };
}

/** A home whose tools know the registry, and whose caches are empty. */
export async function makeHome({ root, registry }: Bench, name: string): Promise<string> {
  const home = path.join(root, "homes", name);
  await mkdir(home, { recursive: true });
  const npmrc = `registry=${registry}/\naudit=false\nfund=false\nupdate-notifier=false\n`;
  await writeFile(path.join(home, ".npmrc"), npmrc);
  return home;
}

/** An empty project. */
export async function makeProject({ root }: Bench, name: string): Promise<string> {
  const project = path.join(root, "projects", name);
  await mkdir(project, { recursive: true });
  return project;
}

export async function conditions({ skills }: Bench): Promise<string> {
  const { stdout } = await run("npm", ["--version"], { cwd: os.tmpdir(), env: cleanEnvironment() });
  const files = skills.flatMap((skill) => Object.values(skill.files));
  const kilobytes = files.reduce((total, text) => total + text.length, 0) / 1_000;
  return `${skills.length} skills with ${files.length} files and ${kilobytes.toFixed(0)} kB in all (\`bench/cli-skills.ts\`); npm ${stdout.trim()}; whole processes, load ${os.loadavg()[0]?.toFixed(1)} at the start.\n`;
}

async function commitAll(repository: string): Promise<void> {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    [...identity, "commit", "-q", "-m", "Skills"],
  ]) {
    const { code, stderr } = await run("git", args, { cwd: repository, env: cleanEnvironment() });
    if (code !== 0) throw new Error(stderr);
  }
}
