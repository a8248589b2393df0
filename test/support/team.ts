import { join } from "node:path";
import { makeScratch, runCli, type CliOptions, type CliResult, type Scratch } from "./cli.ts";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "./registry.ts";

export interface Team extends Scratch {
  registry: TestRegistry;
  /** Token of the account, as .npmrc holds it. */
  token: string;
  /** Runs the CLI as the account, in the project or the folder named. */
  skills(args: string[], options?: Partial<CliOptions>): Promise<CliResult>;
  /** The same with `--json`; gives the one document. */
  json(args: string[], options?: Partial<CliOptions>): Promise<unknown>;
}

/** A registry of its own with the account `acme`, whose home is set up as after `npm login`. */
export async function startTeam(options: TestRegistryOptions = {}): Promise<Team> {
  const registry = await startRegistry(options);
  const member = await joinTeam({ registry, token: await registry.account("acme") });
  return {
    ...member,
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await member[Symbol.asyncDispose]();
    },
  };
}

/** The same account and registry with a home and a project of their own; the registry stays when they go. */
export async function joinTeam({ registry, token }: Pick<Team, "registry" | "token">): Promise<Team> {
  const scratch = await makeScratch();
  const { host } = new URL(registry.url);
  await scratch.write("home", {
    ".npmrc": `fetch-retries=0\nregistry=${registry.url}/\n//${host}/:_authToken=${token}\n`,
  });
  const skills: Team["skills"] = (args, options) =>
    runCli(args, { cwd: scratch.project, home: scratch.home, ...options });
  return {
    ...scratch,
    registry,
    token,
    skills,
    json: async (args, options) => {
      const { stdout } = await skills([...args, "--json"], options);
      return JSON.parse(stdout);
    },
  };
}

/** Publishes a skill of the account `acme` from a folder with package.json, and returns the folder. */
export async function publishSkill(
  team: Team,
  skill: { name: string; version: string; files: Record<string, string> },
): Promise<string> {
  const { name, version, files } = skill;
  const manifest = { name: `@acme/${name}`, version, license: "MIT", description: `About ${name}` };
  const folder = await team.write(join("published", name), {
    "package.json": JSON.stringify(manifest),
    ...files,
  });
  const result = await team.skills(["publish", folder]);
  if (result.code !== 0) throw new Error(result.stderr);
  return folder;
}
