import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCli, type CliOptions, type CliResult } from "./cli.ts";
import { publishDocument } from "./publish-body.ts";
import { packageTarball } from "./skill.ts";
import { snapshotTree, type Tree } from "./tree.ts";

/** One project of one person, whose home has a cache of its own: many of them share one registry. */
export interface TestProject extends AsyncDisposable {
  folder: string;
  home: string;
  skills(args: string[], options?: Partial<CliOptions>): Promise<CliResult>;
  /** The same with `--json`; gives the one document. */
  json(args: string[]): Promise<unknown>;
  /** A file of the project as text; writes it first where there is one to write. */
  file(path: string, text?: string): Promise<string>;
  /** Everything in the project. */
  tree(): Promise<Tree>;
}

interface ProjectOptions {
  /** Further lines of .npmrc. */
  npmrc?: string;
  /** Files to begin with. */
  files?: Record<string, string>;
}

export async function makeProject(url: string, options: ProjectOptions = {}): Promise<TestProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "skills-project-")));
  const [home, folder] = [join(root, "home"), join(root, "project")];
  await mkdir(home);
  await mkdir(folder);
  await writeFile(join(home, ".npmrc"), `fetch-retries=0\nregistry=${url}/\n${options.npmrc ?? ""}`);
  const skills: TestProject["skills"] = (args, given) => runCli(args, { cwd: folder, home, ...given });
  const file: TestProject["file"] = async (path, text) => {
    if (text !== undefined) await mkdir(dirname(join(folder, path)), { recursive: true });
    if (text !== undefined) await writeFile(join(folder, path), text);
    return readFile(join(folder, path), "utf8");
  };
  for (const [path, text] of Object.entries(options.files ?? {})) await file(path, text);
  return {
    folder,
    home,
    skills,
    json: async (args) => JSON.parse((await skills([...args, "--json"])).stdout),
    file,
    tree: () => snapshotTree(folder),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** What a registry is asked to publish in a test. */
export interface Release {
  /** `@namespace/name`. */
  name: string;
  version?: string;
  /** Dist-tag. */
  tag?: string;
  /** The names of a pack's skills; without it the package is one skill. */
  pack?: string[];
  dependencies?: Record<string, string>;
  /** Further files; a SKILL.md here replaces the usual one. */
  files?: Record<string, string>;
}

interface Publisher {
  token: string;
  registry: { fetch(path: string, init: RequestInit & { token: string }): Promise<Response> };
}

/** Publishes by one request, as npm sends it: a test that needs many versions is not to wait for as many commands. */
export async function release({ token, registry }: Publisher, wanted: Release): Promise<void> {
  const { name, version = "1.0.0", tag, dependencies, pack } = wanted;
  const manifest = { name, version, license: "MIT", ...(dependencies === undefined ? {} : { dependencies }) };
  const own = name.slice(name.indexOf("/") + 1);
  const skills = pack?.map((skill) => [`skills/${skill}/SKILL.md`, textOf(skill, version)]) ?? [
    ["SKILL.md", textOf(own, version)],
  ];
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    ...Object.fromEntries(skills),
    ...wanted.files,
  });
  const body = JSON.stringify(publishDocument(manifest, tarball, tag));
  const answer = await registry.fetch(`/${name.replace("/", "%2f")}`, { method: "PUT", body, token });
  if (!answer.ok) throw new Error(`${name}@${version}: ${await answer.text()}`);
}

function textOf(skill: string, version: string): string {
  return `---\nname: ${skill}\ndescription: Use this when ${skill} is asked for.\nlicense: MIT\n---\n\nVersion ${version}.\n`;
}
