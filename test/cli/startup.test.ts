import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeScratch, runCli, spawnCli } from "../support/cli.ts";

/** Writes the address of every module that a process loads, CommonJS and ESM alike. */
const RECORDER = `
  import { appendFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  registerHooks({ load: (url, context, next) => { appendFileSync(process.env.LOADED, url + "\\n"); return next(url, context); } });
`;

/** Of the repository: modules of ours are below it. */
const ROOT = new URL("../../", import.meta.url).href;

async function modulesOf(
  args: string[],
): Promise<{ code: number; stdout: string; stderr: string; packages: string[]; own: string[] }> {
  await using scratch = await makeScratch();
  const loaded = join(scratch.home, "loaded");
  const recorder = `data:text/javascript,${encodeURIComponent(RECORDER)}`;
  const env = { LOADED: loaded, npm_config_fetch_retries: "0", NODE_OPTIONS: `--import=${recorder}` };
  const result = await spawnCli(args, { cwd: scratch.project, home: scratch.home, env }).result;
  const urls = (await readFile(loaded, "utf8")).split("\n");
  return {
    ...result,
    packages: urls.flatMap((url) => url.split("/node_modules/").slice(1)),
    own: urls.flatMap((url) => (url.startsWith(ROOT) ? [url.slice(ROOT.length)] : [])),
  };
}

test("skills --version prints the version and loads no package at all", async () => {
  const { code, stdout, packages } = await modulesOf(["--version"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(packages).toEqual([]);
});

test.each([[["--help"]], [["help"]], [[]]])("skills %j loads no package at all", async (args) => {
  const { code, stdout, packages } = await modulesOf(args);
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: skills <command>");
  expect(packages).toEqual([]);
});

test("what completion asks at a press of Tab loads no package at all", async () => {
  const { code, packages } = await modulesOf(["completion", "--installed"]);
  expect(code).toBe(0);
  expect(packages).toEqual([]);
});

/** They read skills.json and skills.lock by their schemas, and need no rule for the content of skills. */
test.each([[["list"]], [["list", "--help"]], [["outdated"]]])(
  "skills %j loads zod and semver at most, and neither the inspection of skills nor the answers of the REST API",
  async (args) => {
    const { code, packages, own } = await modulesOf(args);
    expect(code).toBe(0);
    expect(packages.filter((path) => !/^(zod|semver)\//.test(path))).toEqual([]);
    expect(own).toContain("schema/src/basics.ts");
    expect(own).not.toContain("schema/src/inspect.ts");
    expect(own).not.toContain("schema/src/index.ts");
  },
);

test.each([
  [["completion", "bash"]],
  [["verify", "--offline"]],
  [["validate", "--help"]],
  [["add", "--help"]],
  [["search", "--help"]],
  [["open", "--help"]],
])("skills %j loads none of npm's packages", async (args) => {
  const { code, packages } = await modulesOf(args);
  expect(code).toBe(0);
  expect(
    packages.filter((path) => /^(pacote|libnpmpublish|npm-|@npmcli|make-fetch|cacache)/.test(path)),
  ).toEqual([]);
});

test("the recorder sees npm's packages where they are needed", async () => {
  const { code, stderr, packages } = await modulesOf(["whoami", "--registry", "http://127.0.0.1:9"]);
  expect(code).toBe(1);
  expect(stderr).toContain("EREGISTRY");
  expect(packages.some((path) => path.startsWith("npm-registry-fetch/"))).toBe(true);
});

test.each([
  [["nonsense"], 'there is no command "nonsense"'],
  [["lst"], "did you mean list?"],
  [["add"], "a <spec> is missing"],
  [["list", "--depth", "x"], "--depth is a number"],
  [["add", "github:acme/x"], "not the name of a skill in a registry"],
  [["publish", "nowhere"], "there is no folder"],
  [["search", "x", "--limit", "0"], "--limit is a number"],
  [["login", "--username", "acme"], "there is no terminal to ask in"],
  [["whoami", "--registry", "https://user:secret@host.test/"], "takes no credentials"],
])("skills %j is a usage error with exit code 2", async (args, message) => {
  await using scratch = await makeScratch();
  const { code, stdout, stderr } = await runCli(args, { cwd: scratch.project, home: scratch.home });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("secret");
});
