import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { publishBody } from "../test/support/publish-body.ts";
import { cleanEnvironment } from "../test/support/process.ts";
import { interleave, table } from "./figures.ts";
import { ourServer } from "./servers.ts";

const CLI = path.resolve(import.meta.dirname, "../cli/dist/main.js");
const ROUNDS = { counted: 25, warmup: 2 };

/** Whole processes: one small skill into an empty project, npm's cache cold and warm. */
export async function benchAdd(): Promise<string> {
  await using server = await ourServer();
  const home = await mkdtemp(path.join(os.tmpdir(), "bench-add-"));
  try {
    await writeFile(
      path.join(home, ".npmrc"),
      `registry=${server.url}/\naudit=false\nfund=false\nupdate-notifier=false\n`,
    );
    const published = await fetch(`${server.url}/@acme%2fsample`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
      body: JSON.stringify(publishBody()),
    });
    if (published.status !== 201) throw new Error(await published.text());
    const starts = await interleave(
      [
        { name: "skills --version", run: async () => await run(home, process.execPath, [CLI, "--version"]) },
        { name: "node -e 0", run: async () => await run(home, process.execPath, ["-e", "0"]) },
        { name: "npm --version", run: async () => await run(home, "npm", ["--version"]) },
      ],
      ROUNDS,
    );
    const adds = [];
    for (const cache of ["cold", "warm"] as const) {
      adds.push(table(`Add one skill, ${cache} cache`, await interleave(contenders(home, cache), ROUNDS)));
    }
    return [table("Start", starts), ...adds].join("\n");
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function contenders(
  home: string,
  cache: "cold" | "warm",
): { name: string; run: (round: number) => Promise<void> }[] {
  const fresh = async (tool: string, round: number): Promise<{ project: string; cacheDir: string }> => {
    const project = path.join(home, `${tool}-${cache}-${round}`);
    await mkdir(project);
    await writeFile(path.join(project, "package.json"), "{}");
    return {
      project,
      cacheDir: path.join(home, cache === "warm" ? `cache-${tool}` : `cache-${tool}-${round}`),
    };
  };
  const add = (tool: string) => async (round: number) => {
    const { project, cacheDir } = await fresh(tool, round);
    await run(project, process.execPath, [CLI, "add", "@acme/sample"], {
      HOME: home,
      npm_config_cache: cacheDir,
    });
  };
  return [
    { name: "skills add", run: add("skills") },
    { name: "skills add again (A/A)", run: add("skills-again") },
    {
      name: "npm install",
      run: async (round) => {
        const { project, cacheDir } = await fresh("npm", round);
        await run(project, "npm", ["install", "@acme/sample"], { HOME: home, npm_config_cache: cacheDir });
      },
    },
  ];
}

async function run(
  cwd: string,
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")}: ${code}\n${stderr}`)),
    );
  });
}
