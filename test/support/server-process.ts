import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { refuseLeak } from "./leaks.ts";
import { testStoreOptions } from "./test-store.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");

/** The shipped server in a process of its own, to be measured or killed from outside. */
export interface ServerProcess extends AsyncDisposable {
  child: ChildProcess;
  url: string;
  /** What it has printed. */
  output(): string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export async function startServerProcess(dataDir: string, extra: string[] = []): Promise<ServerProcess> {
  const store = await testStoreOptions(dataDir, extra);
  const args = ["--conditions=source", MAIN, "--port", "0", "--data", dataDir, ...store, ...extra];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return await gone;
  };
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const url = await listening(child);
  return {
    child,
    url,
    output: () => refuseLeak(output, "what the server printed"),
    kill: async () => void (await end("SIGKILL")),
    stop: async () => await end("SIGTERM"),
    [Symbol.asyncDispose]: async () => void (await end("SIGKILL")),
  };
}

async function listening(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let output = "";
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const url = /on (http:\S+?)\/?\n/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
