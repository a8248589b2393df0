import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { npmUser } from "../support/npm.ts";
import { cleanEnvironment } from "../support/process.ts";
import { PASSWORD, startRegistry } from "../support/registry.ts";

/** npm asks only at a terminal; `script` (util-linux) makes one. Each answer is typed when its question has appeared. */
async function atTerminal(
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

it("npm adduser registers and npm login logs in again, at a terminal, by password", async () => {
  await using registry = await startRegistry();
  await using user = await npmUser(registry);
  const name: [RegExp, string] = [/Username:/, "alice"];
  const password: [RegExp, string] = [/Password:/, PASSWORD];
  const token = async (): Promise<string | undefined> =>
    /_authToken=(skl_\S+)/.exec(await readFile(path.join(user.home, ".npmrc"), "utf8"))?.[1];

  expect(await atTerminal("npm adduser", user.home, [name, password, [/Email/, "alice@example.com"]])).toBe(
    0,
  );
  const first = await token();
  expect((await user.npm(["whoami"])).stdout.trim()).toBe("alice");

  expect(await atTerminal("npm login", user.home, [name, password])).toBe(0);
  expect(await token()).not.toBe(first);
  expect((await user.npm(["whoami"])).stdout.trim()).toBe("alice");

  expect(await atTerminal("npm login", user.home, [name, [/Password:/, "wrong password"]])).toBe(1);
});
