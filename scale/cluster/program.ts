import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Clock ticks of /proc per second, on every Linux. */
const TICKS = 100;
const POLL_MS = 25;
/** What is shown of a program's output when it does not start. Characters. */
const SHOWN = 4_000;

/** A program that was started here, and is ended from here only. */
export interface Program extends AsyncDisposable {
  pid: number;
  /** The last of what it printed. */
  output(): string;
  isRunning(): boolean;
  /** Resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface ProgramOptions {
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

export function startProgram({ command, args, cwd, env = process.env }: ProgramOptions): Program {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-SHOWN));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.once("error", (error) => (output += error.message));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isRunning(child)) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    isRunning: () => isRunning(child),
    end,
    [Symbol.asyncDispose]: async () => await end("SIGKILL"),
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Resolves when the address answers with 200; rejects with what the program printed when it ends or takes too long. */
export async function answering(url: string, program: Program, milliseconds = 60_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await isGood(url))) {
    if (!program.isRunning() || performance.now() > deadline) {
      throw new Error(`no answer from ${url}:\n${program.output()}`);
    }
    await sleep(POLL_MS);
  }
}

/** Whether the address answers with 200 within some seconds. */
export async function isGood(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

/** Processor time that a process and its living children have used, in seconds. */
export function cpuSeconds(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, each) => sum + ownCpuSeconds(each), 0);
}

/** Resident memory of one process, in megabytes. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** The same of this process and of those that it has started and that have ended. */
export function ownAndEndedSeconds(): number {
  const [own = 0, ownSystem = 0, ended = 0, endedSystem = 0] = ticks("self");
  return (own + ownSystem + ended + endedSystem) / TICKS;
}

function ownCpuSeconds(pid: number): number {
  try {
    const [user = 0, system = 0] = ticks(String(pid));
    return (user + system) / TICKS;
  } catch {
    // It has ended.
    return 0;
  }
}

/** utime, stime, cutime and cstime. */
function ticks(pid: string): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold anything; they are the 12th to 15th field after it.
  return text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map(Number);
}

/** The programs of this name that this process has started. */
export function ownPrograms(name: RegExp): number[] {
  return childrenOf(process.pid).filter((pid) => name.test(nameOf(pid)));
}

/** Ends what this process has started when it is told to stop: by itself nobody would. */
export function endProgramsOnSignal(cleanUp: () => Promise<void> = async () => {}): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void cleanUp().finally(() => {
        for (const pid of descendantsOf(process.pid)) process.kill(pid, "SIGKILL");
        process.exit(1);
      });
    });
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
