import { spawn } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { World } from "../../cli/src/world.ts";
import { run } from "../../cli/src/run.ts";
import { guardNpmrc, guardSecret, refuseLeak, refuseLeakInFiles } from "./leaks.ts";

const MAIN = join(import.meta.dirname, "../../cli/src/main.ts");

export interface CliOptions {
  cwd: string;
  home: string;
  env?: Record<string, string>;
  stdin?: string;
  signal?: AbortSignal;
  /** Pretends that stdout is a terminal with colours, this many columns wide. */
  terminal?: number;
  /** The same of stderr. */
  errorTerminal?: number;
}

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A world without a terminal that collects what is written. */
export function testWorld(options: Partial<CliOptions> = {}): {
  world: World;
  stdout: () => string;
  stderr: () => string;
} {
  const [stdout, stderr] = [collector(), collector()];
  const world = {
    version: "0.0.0",
    packageFolder: join(import.meta.dirname, "../../cli"),
    cwd: options.cwd ?? tmpdir(),
    home: options.home ?? tmpdir(),
    env: options.env ?? {},
    streams: {
      stdin: Readable.from([options.stdin ?? ""]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      interactive: false,
      columns: options.terminal ?? Number.POSITIVE_INFINITY,
      terminal: options.terminal !== undefined,
      colors: options.terminal !== undefined,
      errorColumns: options.errorTerminal,
    },
    signal: options.signal ?? new AbortController().signal,
  };
  return {
    world,
    stdout: () => refuseLeak(stdout.text(), "stdout"),
    stderr: () => refuseLeak(stderr.text(), "stderr"),
  };
}

/** Runs one command line in this process, without a terminal. Throws when a secret of the tests is in what it wrote. */
export async function runCli(args: string[], options: CliOptions): Promise<CliResult> {
  const { world, stdout, stderr } = testWorld(options);
  return watched(options, async () => {
    const code = await run(args, world);
    return { code, stdout: stdout(), stderr: stderr() };
  });
}

/** Looks for secrets in what a command writes, those among them that it has just got itself. */
async function watched(options: CliOptions, work: () => Promise<CliResult>): Promise<CliResult> {
  const { cwd, home, env = {} } = options;
  for (const [name, value] of Object.entries(env)) if (/(token|password)$/i.test(name)) guardSecret(value);
  await guardNpmrc([home, cwd]);
  const result = await work();
  await guardNpmrc([home, cwd]);
  refuseLeak(`${result.stdout}${result.stderr}`, "the output");
  await refuseLeakInFiles(cwd, home);
  return result;
}

/** The same as a process of its own; `kill` ends it by a signal. */
export function spawnCli(
  args: string[],
  options: CliOptions,
): { kill: (signal: NodeJS.Signals) => void; result: Promise<CliResult> } {
  const { cwd, home, env, stdin } = options;
  const child = spawn(process.execPath, ["--conditions=source", MAIN, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(stdin ?? "");
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  const result = watched(options, async () => {
    const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  });
  return { kill: (signal) => void child.kill(signal), result };
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

export interface Scratch extends AsyncDisposable {
  home: string;
  /** An empty project. */
  project: string;
  /** Writes files below a folder of the scratch area and returns its path. */
  write(folder: string, files: Record<string, string>): Promise<string>;
}

/** A home and a project of their own, gone at the end of the test. */
export async function makeScratch(): Promise<Scratch> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "skills-cli-")));
  const [home, project] = [join(root, "home"), join(root, "project")];
  await mkdir(home);
  await mkdir(project);
  return {
    home,
    project,
    write: async (folder, files) => {
      for (const [path, content] of Object.entries(files)) {
        const file = join(root, folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      return join(root, folder);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** A SKILL.md without errors or warnings. */
export function skillText(name: string, body = "Do the thing.\n"): string {
  return `---\nname: ${name}\ndescription: Use this when ${name} is asked for.\nlicense: MIT\n---\n\n# ${name}\n\n${body}`;
}
