import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeScratch, runCli, skillText, type CliResult, type Scratch } from "../support/cli.ts";
import { startFront, type Front } from "../support/front.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

let team: Team;
let front: Front;
/** A person with a cache of their own, logged in as `acme`. */
let person: Scratch;

beforeAll(async () => {
  team = await startTeam();
  front = await startFront(team.registry);
  await publishVersion("x", "1.0.0");
  await publishVersion("y", "1.0.0");
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});
beforeEach(async () => {
  person = await makeScratch();
  await login(team.token);
  front.asked = [];
});
afterEach(async () => await person[Symbol.asyncDispose]());

function publishVersion(name: string, version: string): Promise<string> {
  return publishSkill(team, {
    name,
    version,
    files: { "SKILL.md": skillText(name, `This is ${version}.\n`) },
  });
}

async function login(token: string | undefined): Promise<void> {
  const line = token === undefined ? "" : `//${new URL(front.url).host}/:_authToken=${token}\n`;
  await person.write("home", { ".npmrc": `fetch-retries=0\nregistry=${front.url}/\n${line}` });
}

function skills(args: string[], env: Record<string, string> = {}): Promise<CliResult> {
  return runCli(args, { cwd: person.project, home: person.home, env });
}

/** Every file of the cache as text, the names first. */
async function cacheText(): Promise<string> {
  const files = await readdir(join(person.home, ".npm"), { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), "latin1"));
  return [...files.map(({ name }) => name), ...(await Promise.all(texts))].join("\n");
}

describe("without the network", () => {
  test.each([
    ["--offline", ["--offline"], {}],
    ["offline in npm's configuration", [], { npm_config_offline: "true" }],
  ])("by %s, what was fetched once is installed, and nothing is asked for", async (_, args, env) => {
    await skills(["view", "@acme/x"]);
    front.asked = [];
    const result = await skills(["add", "@acme/x", ...args], env);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(join(person.project, ".agents/skills/x/SKILL.md"), "utf8")).toContain("1.0.0");
    expect(front.asked).toEqual([]);
  });

  test("a skill that is not in the cache is named, with what to do, and nothing is changed", async () => {
    await skills(["view", "@acme/x"]);
    const result = await skills(["add", "@acme/x", "@acme/y", "--offline"]);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toBe(
      "error ENOTCACHED: @acme/y is not in the cache, and the network is not to be used\n" +
        "hint: Run the command once without --offline, or skills cache add with the skill; offline in .npmrc says the same as --offline.\n",
    );
    expect(await readdir(person.project)).toEqual([]);
  });

  test("an empty cache is said to be one", async () => {
    const { code, stderr } = await skills(["add", "@acme/x", "--offline"]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`ENOTCACHED: nothing of ${front.url}/ is in the cache`),
    });
  });

  test("a version whose tarball is not in the cache is named", async () => {
    await publishVersion("z", "1.0.0");
    await publishVersion("z", "2.0.0");
    await skills(["view", "@acme/z"]);
    const { code, stderr } = await skills(["view", "@acme/z@1.0.0", "--offline"]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error ENOTCACHED: the tarball of @acme/z@1.0.0 is not in the cache"),
    });
  });

  test.each([[["whoami"]], [["search", "x"]], [["info", "@acme/x"]]])(
    "%j says that it takes a request",
    async (args) => {
      await skills(["view", "@acme/x"]);
      front.asked = [];
      const result = await skills([...args, "--offline"]);
      expect(result).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("error ENOTCACHED: this takes a request to 127.0.0.1"),
      });
      expect(front.asked).toEqual([]);
    },
  );
});

describe("with --prefer-offline", () => {
  test("what is in the cache is not asked for again, and the rest is fetched", async () => {
    await publishVersion("p", "1.0.0");
    await skills(["view", "@acme/p"]);
    await publishVersion("p", "1.1.0");
    front.asked = [];
    expect((await skills(["view", "@acme/p", "SKILL.md", "--prefer-offline"])).stdout).toContain("1.0.0");
    expect(front.asked).toEqual([]);
    expect((await skills(["view", "@acme/y", "SKILL.md", "--prefer-offline"])).stdout).toContain("1.0.0");
    expect(front.asked.map((line) => line.split(" ")[0])).toEqual(["/@acme%2fy", "/@acme/y/-/y-1.0.0.tgz"]);
  });

  test("who one is, what search finds, and what is published are asked for all the same", async () => {
    const folder = await publishVersion("q", "1.0.0");
    await skills(["view", "@acme/q"]);
    await publishVersion("q", "2.0.0");
    front.asked = [];
    expect((await skills(["whoami", "--prefer-offline"])).stdout).toContain("acme");
    expect((await skills(["search", "q", "--prefer-offline"])).stdout).toContain("2.0.0");
    expect((await skills(["publish", folder, "--prefer-offline"])).stdout).toContain(
      "unchanged @acme/q@2.0.0",
    );
    expect(front.asked.filter((line) => line.startsWith("/@acme%2fq"))).toEqual(["/@acme%2fq 200"]);
  });
});

describe("with the network", () => {
  test("what is in the cache is asked for by its ETag, and not sent again", async () => {
    await skills(["view", "@acme/x"]);
    front.asked = [];
    expect(await skills(["view", "@acme/x"])).toMatchObject({ code: 0, stderr: "" });
    expect(front.asked.toSorted()).toEqual(["/-/npm/v1/keys 200", "/@acme%2fx 304"]);
  });

  test("what was published a moment ago is seen at once", async () => {
    await publishVersion("n", "1.0.0");
    expect((await skills(["view", "@acme/n", "SKILL.md"])).stdout).toContain("1.0.0");
    await publishVersion("n", "1.1.0");
    expect((await skills(["view", "@acme/n", "SKILL.md"])).stdout).toContain("1.1.0");
    expect((await skills(["view", "@acme/n", "SKILL.md", "--offline"])).stdout).toContain("1.1.0");
  });

  test("a cache that went bad is as good as none", async () => {
    await skills(["view", "@acme/x"]);
    const cache = join(person.home, ".npm/_cacache/content-v2");
    const files = await readdir(cache, { recursive: true, withFileTypes: true });
    for (const file of files) if (file.isFile()) await writeFile(join(file.parentPath, file.name), "bad");
    expect(await skills(["view", "@acme/x"])).toMatchObject({ code: 0, stderr: "" });
    expect(await skills(["view", "@acme/x", "--offline"])).toMatchObject({ code: 0, stderr: "" });
  });

  test("a skill that is gone is gone from the cache, too", async () => {
    await publishVersion("gone", "1.0.0");
    await skills(["view", "@acme/gone"]);
    front.answer = (request, response) => {
      if (request.url !== "/@acme%2fgone") return false;
      response.writeHead(404).end("{}");
      return true;
    };
    expect((await skills(["view", "@acme/gone"])).code).toBe(1);
    front.answer = undefined;
    expect((await skills(["view", "@acme/gone", "--offline"])).stderr).toContain("ENOTCACHED");
  });
});

describe("what somebody may have put into a cache", () => {
  test("is not used where it came with the repository", async () => {
    const cache = join(person.home, ".npm/_cacache");
    await skills(["view", "@acme/x"]);
    await cp(cache, join(person.project, "cache/_cacache"), { recursive: true });
    await rm(cache, { recursive: true });
    await person.write("project", { ".npmrc": "cache=./cache\nprefer-offline=true\n" });
    expect((await skills(["view", "@acme/x", "--offline"])).stderr).toContain("error ENOTCACHED");
    front.asked = [];
    expect((await skills(["view", "@acme/x"])).code).toBe(0);
    expect(front.asked).toContain("/-/npm/v1/keys 200");
    // It went where npm's own goes, and nowhere else.
    expect((await skills(["view", "@acme/x", "--offline"])).code).toBe(0);
    expect((await stat(cache)).isDirectory()).toBe(true);
  });

  test("are no keys that a registry would then call unchanged", async () => {
    const conditions: unknown[] = [];
    front.answer = ({ url, headers }, response) => {
      if (url !== "/-/npm/v1/keys") return false;
      conditions.push(headers["if-none-match"]);
      void team.registry.fetch(url).then(async (answer) => {
        response.writeHead(200, { "content-type": "application/json", etag: '"as the true one"' });
        response.end(await answer.text());
      });
      return true;
    };
    await skills(["view", "@acme/x"]);
    await skills(["view", "@acme/x"]);
    front.answer = undefined;
    expect(conditions).toEqual([undefined, undefined]);
  });
});

test("an answer about another skill is not kept, whatever ETag it came with", async () => {
  const truth = await team.registry.fetch("/@acme%2fx", { token: team.token });
  const other = await (await team.registry.fetch("/@acme%2fy", { token: team.token })).text();
  front.answer = ({ url }, response) => {
    if (url !== "/@acme%2fx") return false;
    response.writeHead(200, { etag: truth.headers.get("etag") ?? "" }).end(other);
    return true;
  };
  expect((await skills(["view", "@acme/x"])).stderr).toContain("asked for @acme/x, got @acme/y");
  front.answer = undefined;
  expect(await skills(["view", "@acme/x"])).toMatchObject({ code: 0, stderr: "" });
});

test("that nothing has changed is believed only where that was asked", async () => {
  await skills(["view", "@acme/x"]);
  front.answer = ({ url }, response) => {
    if (url !== "/-/npm/v1/keys") return false;
    response.writeHead(304).end();
    return true;
  };
  const { code, stderr } = await skills(["view", "@acme/x"]);
  front.answer = undefined;
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("error EREGISTRY") });
});

describe("what one login was answered", () => {
  test.each(["nobody", "another account"])("is not told to %s", async (who) => {
    const stranger = who === "nobody" ? undefined : await team.registry.account("stranger");
    await skills(["view", "@acme/x"]);
    expect((await skills(["view", "@acme/x", "--offline"])).code).toBe(0);
    await login(stranger);
    const { code, stderr } = await skills(["view", "@acme/x", "--offline"]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ENOTCACHED: @acme/x"),
    });
  });

  test("is kept without the token", async () => {
    await skills(["view", "@acme/x"]);
    const text = await cacheText();
    expect(text).toContain("@acme%2fx");
    expect(text).not.toContain(team.token);
  });
});
