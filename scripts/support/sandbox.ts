import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startScaleOut } from "./scale-out.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const READY = /on (https?:\/\/\S+?)\/?\n/;

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  output: string;
}

/** A registry of its own, and a home folder in which npm and skills know nothing but that registry. */
export interface Sandbox extends AsyncDisposable {
  url: string;
  /** Temporary folder that everything lives in; gone after disposal. */
  dir: string;
  home: string;
  skills(args: string[], cwd: string, password?: string): Promise<Outcome>;
  /** A command of skills-registry on the folder of this registry. */
  registry(args: string[]): Promise<Outcome>;
  npm(args: string[], cwd: string): Promise<Outcome>;
  /** Leaves the server and the folder behind; returns the server's process id. */
  keep(): number | undefined;
}

/** Where the registry keeps what it has: on the local disk, or in PostgreSQL and S3, started for it. */
export type Store = "embedded" | "postgres";

export async function openSandbox(store: Store = "embedded"): Promise<Sandbox> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-sandbox-"));
  const stores = store === "embedded" ? undefined : await startScaleOut(dir);
  const settings =
    stores === undefined ? ["--data", path.join(dir, "registry")] : ["--config", stores.config];
  const registry = ["--conditions=source", "--no-warnings", path.join(ROOT, "plugin/src/main.ts")];
  const server = spawn(process.execPath, [...registry, "--port", "0", ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await ready(server);
  await writeFile(
    path.join(dir, ".npmrc"),
    `registry=${url}/\ncache=${path.join(dir, ".npm")}\nupdate-notifier=false\naudit=false\nfund=false\n`,
  );
  const env = { ...cleanEnvironment(), HOME: dir, SKILLS_PASSWORD: "correct horse battery" };
  let kept = false;
  // Ctrl-C ends this process before anything is disposed of.
  const vanish = (): void => rmSync(dir, { recursive: true, force: true });
  process.once("exit", vanish).once("SIGINT", () => process.exit(130));
  return {
    url,
    dir,
    home: dir,
    skills: async (args, cwd, password = env.SKILLS_PASSWORD) =>
      await run(
        process.execPath,
        ["--conditions=source", "--no-warnings", path.join(ROOT, "cli/src/main.ts"), ...args],
        { cwd, env: { ...env, SKILLS_PASSWORD: password } },
      ),
    registry: async (args) =>
      await run(process.execPath, [...registry, ...args, ...settings], { cwd: dir, env }),
    npm: async (args, cwd) => await run("npm", args, { cwd, env }),
    keep() {
      kept = true;
      process.off("exit", vanish);
      server.unref();
      return server.pid;
    },
    async [Symbol.asyncDispose]() {
      if (kept) return;
      await stop(server);
      await stores?.[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The settings of the npm that runs this script must not reach the npm inside. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

async function ready(server: ChildProcess): Promise<string> {
  let output = "";
  return await new Promise((resolve, reject) => {
    server.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const url = READY.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    server.once("exit", (code) => reject(new Error(`the registry stopped with ${code}`)));
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await gone;
}

async function run(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const outcome: Outcome = { code: 1, stdout: "", stderr: "", output: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk: Buffer) => {
        outcome[stream] += chunk.toString();
        outcome.output += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...outcome, code: code ?? 1 }));
  });
}
