import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { buildRegistry } from "../../plugin/src/open.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { Config } from "../../plugin/src/config.ts";
import {
  dumpOf,
  makeFullRegistry,
  publishOne,
  registryFolders,
  withMetadata,
} from "../support/full-registry.ts";
import { registryCommand } from "../support/registry-command.ts";

const SKILLS = 100;
const ROUNDS = 10;
const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");

it(`finishes a move that was killed at any place, ${ROUNDS} times`, async () => {
  await using folders = await registryFolders();
  const from = folders.settings("from").registry;
  await makeFullRegistry(from);
  await publishMany(from);
  const before = await withMetadata(from, dumpOf);
  const config = async (name: string, { data }: Pick<Config, "data">): Promise<string> => {
    const file = path.join(folders.dir, `${name}.yaml`);
    await writeFile(file, `skills:\n  data: ${data}\n`);
    return file;
  };
  const source = await config("from", from);
  const started = performance.now();
  await move(source, await config("whole", folders.settings("whole").registry));
  const whole = performance.now() - started;
  let killed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const to = folders.settings(`to-${round}`).registry;
    const target = await config(`to-${round}`, to);
    for (const part of [(round + 0.5) / ROUNDS, Math.random()])
      if ((await move(source, target, whole * part)) === null) killed += 1;
    expect(await move(source, target)).toBe(0);
    expect(await withMetadata(to, dumpOf)).toEqual(before);
    expect(await registryCommand(to.data, ["verify"])).toMatchObject({ code: 0 });
  }
  expect(killed).toBeGreaterThan(ROUNDS / 2);
});

async function publishMany(config: Config): Promise<void> {
  const registry = await buildRegistry(config, await openStores(config));
  const { parts } = registry.services;
  const account = (await parts.metadata.account("acme")) ?? null;
  const caller = { account, token: null, operator: false, address: "127.0.0.1", local: true };
  for (let count = 0; count < SKILLS; count += 1)
    await publishOne(parts, caller, `@acme/skill-${count}`, "1.0.0");
  await registry.close();
}

/** Exit code; null when it was killed after so many milliseconds. */
async function move(from: string, to: string, killAfter?: number): Promise<number | null> {
  const args = ["--conditions=source", MAIN, "migrate", "--from", from, "--to", to];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  const code = await gone;
  clearTimeout(timer);
  return code;
}
