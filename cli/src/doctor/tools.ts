import { access, constants, readFile } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { platform, versions } from "node:process";
import { z } from "zod";
import type { World } from "../world.ts";
import { ok, warning, problem, type Finding } from "./finding.ts";

/** Programs beside Node, and who needs them. */
const PROGRAMS = {
  npm: {
    use: "npm publish and npm login",
    hint: "Install Node with npm, or do without: skills has its own.",
  },
  git: { use: "skills import of a repository", hint: "Install git to import skills from repositories." },
} as const;

/** Suffixes of programs on Windows, where PATHEXT names none. */
const WINDOWS_SUFFIXES = ".EXE;.CMD";

/** Node against the versions that this package takes, and the programs that some commands call. Runs none of them. */
export async function checkTools(
  { env, packageFolder }: Pick<World, "env" | "packageFolder">,
  node = versions.node,
): Promise<Finding[]> {
  const found = await Promise.all([checkProgram("npm", env), checkProgram("git", env)]);
  return [await checkNode(node, packageFolder), ...found];
}

async function checkNode(version: string, packageFolder: string): Promise<Finding> {
  const [range, { default: satisfies }] = await Promise.all([
    supportedNode(packageFolder),
    import("semver/functions/satisfies.js"),
  ]);
  if (satisfies(version, range)) return ok("node", `${version} is one of ${range}`);
  return problem("node", {
    message: `${version} is none of ${range}`,
    hint: "Install a version of Node among these.",
  });
}

const ownPackage = z.object({ engines: z.object({ node: z.string() }) });

async function supportedNode(packageFolder: string): Promise<string> {
  const text = await readFile(join(packageFolder, "package.json"), "utf8");
  return ownPackage.parse(JSON.parse(text)).engines.node;
}

async function checkProgram(name: keyof typeof PROGRAMS, env: World["env"]): Promise<Finding> {
  const path = await findProgram(name, env);
  if (path !== undefined) return ok(name, path);
  const { use, hint } = PROGRAMS[name];
  return warning(name, { message: `not found on PATH; it is for ${use}`, hint });
}

/** By name and PATH alone. A relative entry of PATH would find what lies in the folder of some project. */
async function findProgram(name: string, env: World["env"]): Promise<string | undefined> {
  const suffixes = platform === "win32" ? (env["PATHEXT"] ?? WINDOWS_SUFFIXES).split(";") : [""];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
