import { spawn } from "node:child_process";
import { once } from "node:events";
import type { NpmUser } from "./npm.ts";
import { cleanEnvironment } from "./process.ts";

export interface WaitingNpm {
  /** The address that npm shows for a browser. */
  address: URL;
  /** Resolves to its exit code. */
  ended: Promise<number>;
  /** All that it has written so far. */
  shown(): string;
  kill(): void;
}

/** Starts the real npm on a login by browser; resolves when it shows the address and waits. */
export async function startNpmLogin(user: NpmUser, args: string[]): Promise<WaitingNpm> {
  const env = { ...cleanEnvironment(), HOME: user.home, NO_COLOR: "1" };
  const child = spawn("npm", args, { cwd: user.home, env, stdio: ["ignore", "pipe", "pipe"] });
  let shown = "";
  const ended = once(child, "close").then(([code]) => Number(code));
  const address = await new Promise<URL>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      shown += chunk.toString();
      const found = /^(http\S+\/approve\/\S+)$/m.exec(shown)?.[1];
      if (found !== undefined) resolve(new URL(found));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) => reject(new Error(`npm ended with ${code}: ${shown}`)));
  });
  return { address, ended, shown: () => shown, kill: () => void child.kill() };
}
