import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findKept, keep, readContent } from "../../cli/src/registry/disk-cache.ts";
import { sha512Of } from "../../cli/src/registry/integrity.ts";
import { makeScratch, runCli, skillText, type CliResult, type Scratch } from "../support/cli.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";
import { skillsIn } from "../support/tree.ts";

let team: Team;
let person: Scratch;
let folder: string;

const OF_NPM = { bytes: Buffer.from("npm's"), metadata: {} };
const LIMIT = 100_000;

beforeAll(async () => {
  team = await startTeam();
  await publish("base", "1.0.0");
  await publish("base", "1.1.0");
  await publish("top", "2.0.0", { "@acme/base": "~1.0.0" });
});
afterAll(async () => await team[Symbol.asyncDispose]());
beforeEach(async () => {
  person = await makeScratch();
  await person.write("home", { ".npmrc": await readFile(join(team.home, ".npmrc"), "utf8") });
  folder = join(person.home, ".npm/_cacache");
});
afterEach(async () => await person[Symbol.asyncDispose]());

async function publish(
  name: string,
  version: string,
  dependencies: Record<string, string> = {},
): Promise<void> {
  const manifest = { name: `@acme/${name}`, version, license: "MIT", description: name, dependencies };
  const files = { "SKILL.md": skillText(name), "package.json": JSON.stringify(manifest) };
  await publishSkill(team, { name, version, files });
}

function cache(...args: string[]): Promise<CliResult> {
  return runCli(["cache", ...args], { cwd: person.project, home: person.home });
}

async function damage(): Promise<void> {
  const files = await readdir(join(folder, "content-v2"), { recursive: true, withFileTypes: true });
  for (const file of files) if (file.isFile()) await writeFile(join(file.parentPath, file.name), "bad");
}

describe("skills cache", () => {
  test("add fetches a skill with all that it builds on, for an install without the network", async () => {
    const added = await cache("add", "@acme/top");
    expect(added).toMatchObject({ code: 0, stdout: "cached @acme/top@2.0.0\ncached @acme/base@1.0.0\n" });
    const at = { cwd: person.project, home: person.home };
    expect((await runCli(["add", "@acme/top", "--offline"], at)).code).toBe(0);
    expect(await skillsIn(join(person.project, ".agents/skills"))).toEqual(["base", "top"]);
  });

  test.each(["ls", "list"])("%s shows what skills put there, and nothing of npm", async (action) => {
    await keep(folder, "make-fetch-happen:request-cache:https://example.com/x", OF_NPM);
    await cache("add", "@acme/base");
    const { stdout } = await cache(action);
    expect(stdout.split("\n").map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ["@acme/base", "versions"],
      ["@acme/base@1.1.0", "tarball"],
      [expect.stringContaining("/-/npm/v1/keys"), "keys"],
      [""],
    ]);
    expect(stdout).not.toContain("example.com");
  });

  test("verify removes what went bad, and says so", async () => {
    await cache("add", "@acme/base");
    expect((await cache("verify")).stdout).toMatch(/^3 items verified in \S+, [\d.]+ kB\n$/);
    await damage();
    const { code, stdout } = await cache("verify");
    expect(code).toBe(0);
    expect(stdout).toContain("removed the tarball of @acme/base@1.1.0, which went bad\n");
    expect(stdout).toContain("0 items verified");
    expect((await cache("ls")).stdout).toBe(`nothing of skills in ${folder}\n`);
  });

  test("clean removes what is of skills, and keeps what npm put there", async () => {
    await keep(folder, "of npm", OF_NPM);
    await cache("add", "@acme/base");
    const refused = await cache("clean");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("add --force") });
    expect((await cache("ls")).stdout).toContain("@acme/base");
    expect((await cache("clean", "--force")).stdout).toMatch(/^removed 3 items from /);
    expect(await findKept(folder, "of npm", LIMIT)).toMatchObject(OF_NPM);
    expect((await cache("ls")).stdout).toBe(`nothing of skills in ${folder}\n`);
    const contents = await readdir(join(folder, "content-v2"), { recursive: true, withFileTypes: true });
    expect(contents.filter((file) => file.isFile())).toHaveLength(1);
  });

  test("clean keeps the bytes that npm uses, too", async () => {
    await cache("add", "@acme/base");
    const answer = await team.registry.fetch("/@acme/base/-/base-1.1.0.tgz");
    const bytes = Buffer.from(await answer.arrayBuffer());
    await keep(folder, "of npm", { bytes, metadata: {} });
    await cache("clean", "--force");
    expect(await readContent(folder, sha512Of(bytes), LIMIT)).toEqual(bytes);
  });

  test.each(["ls", "verify"])(
    "%s of a cache that is not there, or cannot be, finds nothing",
    async (action) => {
      expect((await cache(action)).code).toBe(0);
      await person.write("home", { ".npm": "a file" });
      expect(await cache(action)).toMatchObject({ code: 0, stderr: "" });
    },
  );

  test.each([
    [["nonsense"], "<action> is one of ls, list, add, verify, clean"],
    [[], "a <action> is missing"],
    [["add"], "name the skills"],
    [["ls", "@acme/x"], "takes nothing behind it"],
    [["add", "left-pad"], "not the name of a skill"],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await cache(...args);
    expect({ code, stdout, stderr }).toMatchObject({ stdout: "", stderr: expect.stringContaining(message) });
    expect(code).toBeGreaterThan(0);
  });

  test("add of something that is not there is an error, and of the others nothing is lost", async () => {
    const { code, stdout, stderr } = await cache("add", "@acme/nothing", "@acme/base");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "cached @acme/base@1.1.0\n" });
    expect(stderr).toContain("error EPARTIAL: 1 of 2 failed: @acme/nothing");
  });
});
