import { spawn } from "node:child_process";
import { cleanEnvironment } from "./process.ts";

/**
 * Runs a command that asks only at a terminal, as npm does; `script` (util-linux) makes one. Each answer is typed when its question
 * has appeared. Returns the exit code.
 */
export async function atTerminal(
  command: string,
  home: string,
  dialogue: [RegExp, string][],
): Promise<number | null> {
  const env = { ...cleanEnvironment(), HOME: home, NO_COLOR: "1" };
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    cwd: home,
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const left = [...dialogue];
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    const [next] = left;
    if (next === undefined || !next[0].test(shown)) return;
    left.shift();
    shown = "";
    child.stdin.write(`${next[1]}\r`);
  });
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}
