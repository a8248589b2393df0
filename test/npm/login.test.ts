import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { npmUser } from "../support/npm.ts";
import { PASSWORD, startRegistry } from "../support/registry.ts";
import { atTerminal } from "../support/terminal.ts";

it("npm adduser registers and npm login logs in again, at a terminal, by password where it is asked to", async () => {
  await using registry = await startRegistry();
  await using user = await npmUser(registry);
  const name: [RegExp, string] = [/Username:/, "alice"];
  const password: [RegExp, string] = [/Password:/, PASSWORD];
  const token = async (): Promise<string | undefined> =>
    /_authToken=(skl_\S+)/.exec(await readFile(path.join(user.home, ".npmrc"), "utf8"))?.[1];

  expect(
    await atTerminal("npm adduser --auth-type=legacy", user.home, [
      name,
      password,
      [/Email/, "alice@example.com"],
    ]),
  ).toBe(0);
  const first = await token();
  expect((await user.npm(["whoami"])).stdout.trim()).toBe("alice");

  expect(await atTerminal("npm login --auth-type=legacy", user.home, [name, password])).toBe(0);
  expect(await token()).not.toBe(first);
  expect((await user.npm(["whoami"])).stdout.trim()).toBe("alice");

  expect(
    await atTerminal("npm login --auth-type=legacy", user.home, [name, [/Password:/, "wrong password"]]),
  ).toBe(1);
});
