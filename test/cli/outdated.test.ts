import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import { startOpenedRegistry, type OpenedRegistry } from "../support/opened-registry.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";

const OPERATOR: Caller = { account: null, token: null, operator: true, address: "", local: true };

let registry: OpenedRegistry;
let token: string;

beforeAll(async () => {
  registry = await startOpenedRegistry();
  token = await registry.account("acme");
  for (const version of ["1.0.0", "1.2.0", "2.0.0"]) await publish("letters", version);
  await publish("fresh", "1.0.0");
  await publish("base", "1.0.0");
  await publish("top", "1.0.0", { "@acme/base": "^1.0.0" });
});
afterAll(() => registry[Symbol.asyncDispose]());

async function publish(
  name: string,
  version: string,
  dependencies: Record<string, string> = {},
): Promise<void> {
  await release({ registry, token }, { name: `@acme/${name}`, version, dependencies });
}

async function project(...specs: string[]): Promise<TestProject> {
  const npmrc = `//${new URL(registry.url).host}/:_authToken=${token}\n`;
  const made = await makeProject(registry.url, { npmrc, files: { "CLAUDE.md": "" } });
  expect(await made.skills(["add", ...specs])).toMatchObject({ code: 0 });
  return made;
}

describe("skills outdated", () => {
  test("prints npm's table, exits with 1, and changes nothing", async () => {
    await using made = await project("@acme/letters@1.0.0", "@acme/fresh");
    await made.file(
      "skills.json",
      JSON.stringify({ skills: { "@acme/letters": "^1.0.0", "@acme/fresh": "*", "@acme/top": "1" } }),
    );
    const before = await made.tree();
    const { code, stdout, stderr } = await made.skills(["outdated"]);
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "Package        Current  Wanted  Latest  Depended by",
      "@acme/letters  1.0.0    1.2.0   2.0.0   skills.json",
      "@acme/top      MISSING  1.0.0   1.0.0   skills.json",
      "",
    ]);
    expect(stderr).toBe(
      "error EOUTDATED: 2 skills are outdated\nhint: Run skills update, or skills add with a version beyond the range.\n",
    );
    expect(await made.tree()).toEqual(before);
  });

  test("has npm's colours on a terminal: red for an update in the range, yellow for one beyond", async () => {
    await using made = await project("@acme/letters@1.0.0");
    await made.file("skills.json", JSON.stringify({ skills: { "@acme/letters": "^1.0.0" } }));
    expect((await made.skills(["outdated"], { terminal: 80 })).stdout).toContain(
      "\u001b[31m@acme/letters\u001b[39m",
    );
    await made.file("skills.json", JSON.stringify({ skills: { "@acme/letters": "1.0.0" } }));
    expect((await made.skills(["outdated"], { terminal: 80 })).stdout).toContain(
      "\u001b[33m@acme/letters\u001b[39m",
    );
  });

  test("gives npm's document as JSON, and exits with 0 where nothing is outdated", async () => {
    await using made = await project("@acme/letters@1.0.0", "@acme/fresh");
    expect(await made.json(["outdated"])).toEqual({
      "@acme/letters": {
        current: "1.0.0",
        wanted: "1.0.0",
        latest: "2.0.0",
        dependent: "skills.json",
        dependents: ["skills.json"],
        location: ".agents/skills",
        status: "ok",
        reason: null,
        movedTo: null,
      },
    });
    const { code, stdout } = await made.skills(["outdated", "@acme/fresh"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "everything is up to date\n" });
  });

  test("--all looks at what others build on, within all of their ranges", async () => {
    await using made = await project("@acme/top");
    await publish("base", "1.1.0");
    await publish("base", "2.0.0");
    expect((await made.skills(["outdated"])).code).toBe(0);
    const { code, stdout } = await made.skills(["outdated", "--all"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/@acme\/base {2,}1\.0\.0 {2,}1\.1\.0 {2,}2\.0\.0 {2,}@acme\/top/);
  });

  test("names deprecated, withdrawn and deleted versions with the reason", async () => {
    await publish("old", "1.0.0");
    for (const name of ["bad", "gone"])
      for (const version of ["1.0.0", "1.0.1"]) await publish(name, version);
    await using made = await project("@acme/old", "@acme/bad@1.0.0", "@acme/gone@1.0.0");
    await change("old", (versions) => {
      versions["1.0.0"] = { ...versions["1.0.0"], deprecated: "use @acme/letters" };
    });
    await change("gone", (versions) => delete versions["1.0.0"]);
    await withdraw("bad", "it sent letters to a stranger");
    const found = await made.json(["outdated"]);
    expect(found).toMatchObject({
      "@acme/bad": { wanted: null, latest: "1.0.1", status: "withdrawn" },
      "@acme/gone": { wanted: null, latest: "1.0.1", status: "deleted" },
      "@acme/old": { current: "1.0.0", latest: "1.0.0", status: "deprecated", reason: "use @acme/letters" },
    });
    const { stdout } = await made.skills(["outdated"]);
    expect(stdout).toMatch(/@acme\/bad .* withdrawn: .*it sent letters to a stranger/);
    expect(stdout).toMatch(/@acme\/gone .* the version is not in the registry any more/);
    expect(stdout).toMatch(/@acme\/old .* deprecated: use @acme\/letters/);
  });

  test("is not stopped by a package that cannot be looked up", async () => {
    await using made = await project("@acme/letters@1.0.0", "@acme/fresh");
    await using proxy = await startProxy(registry, { absent: "/@acme%2ffresh" });
    const { code, stdout, stderr } = await made.skills(["outdated", "--registry", proxy.url]);
    expect(code).toBe(1);
    expect(stdout).toContain("@acme/letters");
    expect(stderr).toContain("warning: @acme/fresh could not be looked up: 404 Not Found");
    const one = await made.skills(["outdated", "@acme/fresh", "--registry", proxy.url]);
    expect(one.stderr).toContain("error EPARTIAL: could not be looked up: @acme/fresh");
    const none = await made.skills(["outdated", "--registry", "http://127.0.0.1:9"]);
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain("warning: @acme/letters could not be looked up");
  });

  test("refuses a package that is not here, with the next step", async () => {
    await using made = await project("@acme/fresh");
    const { code, stderr } = await made.skills(["outdated", "@acme/nothing"]);
    expect(code).toBe(1);
    expect(stderr).toContain("ENOTINSTALLED: @acme/nothing is not in skills.json\nhint: Run skills list");
  });

  test("looks through a wide web of packages in time that grows with it alone", async () => {
    const count = 1_500;
    const packages = Array.from({ length: count }, (_, index) => {
      const after = Array.from({ length: 30 }, (_one, step) => [`@acme/a${index + step + 1}`, "*"]);
      const dependencies = Object.fromEntries(index + 30 < count ? after : []);
      const integrity = `sha512-${"A".repeat(86)}==`;
      const rest = { resolved: "x", integrity, mode: "link", agents: [], skills: {} };
      return [`@acme/a${index}`, { version: "1.0.0", dependencies, ...rest }];
    });
    const files = {
      "skills.json": '{"skills":{"@acme/a0":"*"}}',
      "skills.lock": JSON.stringify({ lockfileVersion: 2, packages: Object.fromEntries(packages) }),
    };
    await using made = await makeProject(registry.url, { files });
    const start = performance.now();
    expect((await made.skills(["outdated", "--all", "--offline"])).stderr).toContain("ENOTCACHED");
    // Some tenths of a second on a machine that does nothing else; ten where every package looks at all others.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

/** Sends a packument back with other versions, as npm deprecates and unpublishes. */
async function change(name: string, edit: (versions: Record<string, object>) => void): Promise<void> {
  const path = `/@acme%2f${name}`;
  const packument: { _rev: string; versions: Record<string, object> } = await (
    await registry.fetch(`${path}?write=true`, { token })
  ).json();
  edit(packument.versions);
  const body = JSON.stringify(packument);
  const answer = await registry.fetch(`${path}/-rev/${packument._rev}`, { method: "PUT", body, token });
  if (!answer.ok) throw new Error(await answer.text());
}

async function withdraw(skill: string, reason: string): Promise<void> {
  const name = parsePackageName(`@acme/${skill}`);
  if (name === undefined) throw new Error("not a name");
  const target = { name, version: "1.0.0", reason, detail: {} };
  await quarantine({ metadata: registry.metadata, now: () => new Date() }, OPERATOR, target);
}
