import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../../cli/src/run.ts";
import { skillText, spawnCli, testWorld } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

/**
 * Enough kills to hit loading, fetching, staging, swapping and the end now and then; every step of the swap has its own kill in
 * cli/src/install/faults.test.ts.
 */
const ROUNDS = 4;
/** Milliseconds that an `add` of the built sources takes at most here; kills are spread over it. */
const SPAN = 900;

/** Paths and contents of everything in the project but the lock; files under a link are read through it. */
async function content(folder: string): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    if (
      (await lstat(join(folder, path))).isFile() &&
      path !== "skills.lock" &&
      !path.startsWith(".skills-busy-")
    )
      state[path] = await readFile(join(folder, path), "utf8");
  }
  return state;
}

function publishVersion(team: Team, version: string): Promise<string> {
  const files = { "SKILL.md": skillText("x", `This is ${version}.\n`), "a.md": version, "b.md": version };
  return publishSkill(team, { name: "x", version, files });
}

describe("an update that is ended by force", () => {
  test("leaves the old tree or the new one, never a mix, and the next command goes on from there", async () => {
    await using team = await startTeam();
    await publishVersion(team, "1.0.0");
    await publishVersion(team, "2.0.0");
    const at = { cwd: team.project, home: team.home };
    await team.skills(["add", "@acme/x@1.0.0"]);
    const trees = [await content(team.project)];
    await team.skills(["add", "@acme/x@2.0.0"]);
    trees.push(await content(team.project));

    for (let round = 0; round < ROUNDS; round++) {
      const wanted = round % 2 === 0 ? "1.0.0" : "2.0.0";
      const { kill, result } = spawnCli(["add", `@acme/x@${wanted}`], at);
      const timer = setTimeout(() => kill("SIGKILL"), (SPAN / ROUNDS) * (round + 1));
      await result;
      clearTimeout(timer);
      const left = Object.fromEntries(
        Object.entries(await content(team.project)).filter(([path]) => !path.includes(".staging-")),
      );
      expect([{}, ...trees]).toContainEqual(left);
      const next = await team.skills(["add", `@acme/x@${wanted}`]);
      expect(next.code, next.stderr).toBe(0);
      expect(await content(team.project)).toEqual(trees[round % 2]);
    }
  }, 90_000);

  test("by Ctrl-C exits with 130 and leaves everything as it was", async () => {
    await using team = await startTeam();
    await publishVersion(team, "1.0.0");
    await team.skills(["add", "@acme/x"]);
    await publishVersion(team, "2.0.0");
    const before = await content(team.project);
    const asked = Promise.withResolvers<void>();
    await using proxy = await startProxy(team.registry, { hold: () => new Promise(() => asked.resolve()) });
    const { kill, result } = spawnCli(["add", "@acme/x", "--registry", proxy.url], {
      cwd: team.project,
      home: team.home,
    });
    await asked.promise;
    kill("SIGINT");
    expect(await result).toMatchObject({
      code: 130,
      stdout: "",
      stderr: expect.stringContaining("interrupted"),
    });
    expect(await content(team.project)).toEqual(before);
  });
});

/** What write-file-atomic does while it writes: ends the process by the signal when it finds itself the last listener. */
function dieAsLastListener(): void {
  const die = (): void => {
    if (process.listenerCount("SIGINT") > 1) return;
    process.removeListener("SIGINT", die);
    process.kill(process.pid, "SIGINT");
  };
  // Later than the listener of the command, as it is there.
  setTimeout(() => process.on("SIGINT", die), 50).unref();
}

test("Ctrl-C while a file is written is handled all the same", async () => {
  await using team = await startTeam();
  await publishVersion(team, "1.0.0");
  const asked = Promise.withResolvers<void>();
  await using proxy = await startProxy(team.registry, { hold: () => new Promise(() => asked.resolve()) });
  const preload = encodeURIComponent(`(${dieAsLastListener.toString()})()`);
  const { kill, result } = spawnCli(["add", "@acme/x", "--registry", proxy.url], {
    cwd: team.project,
    home: team.home,
    env: { NODE_OPTIONS: `--import=data:text/javascript,${preload}` },
  });
  await asked.promise;
  kill("SIGINT");
  expect(await result).toMatchObject({ code: 130 });
});

describe("a person at a terminal", () => {
  test("is asked which agents to install for, and Enter takes the proposal", async () => {
    await using team = await startTeam();
    await publishVersion(team, "1.0.0");
    const { world, stdout, stderr } = testWorld({ cwd: team.project, home: team.home });
    const stdin = new PassThrough();
    const answered = run(["add", "@acme/x"], {
      ...world,
      streams: { ...world.streams, stdin, interactive: true },
    });
    while (!stderr().includes("Which agents")) await new Promise((resolve) => setTimeout(resolve, 10));
    stdin.write("\r");
    expect(await answered).toBe(0);
    expect(stdout()).toBe("added @acme/x@1.0.0 → .agents/skills/x (claude-code, codex)\n");
  });

  test("who cancels the question leaves with 130 and nothing is installed", async () => {
    await using team = await startTeam();
    await publishVersion(team, "1.0.0");
    const { world, stderr } = testWorld({ cwd: team.project, home: team.home });
    const stdin = new PassThrough();
    const answered = run(["add", "@acme/x"], {
      ...world,
      streams: { ...world.streams, stdin, interactive: true },
    });
    while (!stderr().includes("Which agents")) await new Promise((resolve) => setTimeout(resolve, 10));
    stdin.write("\u0003");
    expect(await answered).toBe(130);
    expect(await readdir(team.project)).toEqual([]);
  });
});
