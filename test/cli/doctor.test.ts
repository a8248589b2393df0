import { appendFile, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import { startOpenedRegistry, type OpenedRegistry } from "../support/opened-registry.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { snapshotTree } from "../support/tree.ts";

const OPERATOR: Caller = { account: null, token: null, operator: true, address: "", local: true };

interface Report {
  findings: { check: string; state: string; message: string; hint: string | null; items: string[] }[];
  agents: { agent: string; skills: number; limit: number | null }[];
  problems: number;
  warnings: number;
}

describe("skills doctor", () => {
  let registry: OpenedRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startOpenedRegistry();
    token = await registry.account("acme");
    for (const name of ["alpha", "beta", "old", "bad"]) await publish(name);
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  async function publish(name: string): Promise<void> {
    await release({ token, registry }, { name: `@acme/${name}` });
  }

  /** A project with Claude Code in it, of somebody who is logged in. */
  async function project(files: Record<string, string> = {}): Promise<TestProject> {
    const npmrc = `//${new URL(registry.url).host}/:_authToken=${token}\n`;
    return makeProject(registry.url, { npmrc, files: { "CLAUDE.md": "", ...files } });
  }

  async function examine(made: TestProject, ...args: string[]): Promise<Report> {
    const { stdout } = await made.skills(["doctor", "--json", ...args]);
    return JSON.parse(stdout);
  }

  /** What is not in order, as `check: message`; npm and git are none of these tests' business. */
  function troubles({ findings }: Report): string[] {
    return findings
      .filter(({ check, state }) => state !== "ok" && check !== "npm" && check !== "git")
      .map(({ check, state, message }) => `${state} ${check}: ${message}`);
  }

  test("finds nothing wrong with a project after skills add, and changes nothing", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/alpha"]);
    const before = [await made.tree(), await snapshotTree(made.home)];
    const result = await made.skills(["doctor"], { env: { PATH: "" } });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("skills      1 installed skill, each as it came\n");
    expect(result.stdout).toContain("claude-code: 1 skill in .claude/skills; 38 of 8,000 characters");
    expect(result.stdout).toContain(`${registry.url}/ answers; you are acme\n`);
    expect(result.stdout).toContain("none of 1 package is deprecated or withdrawn\n");
    expect(result.stdout).toMatch(/\n0 problems, 2 warnings\n$/);
    expect([await made.tree(), await snapshotTree(made.home)]).toEqual(before);
  });

  test("fails for skills that are missing, and tells edits and strangers' leftovers apart", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/alpha", "@acme/beta"]);
    await rm(join(made.folder, ".agents/skills/alpha"), { recursive: true });
    await appendFile(join(made.folder, ".agents/skills/beta/SKILL.md"), "My own words.\n");
    await symlink("nowhere", join(made.folder, ".claude/skills/theirs"));
    await mkdir(join(made.folder, ".agents/skills/.staging-4194305-ab12"));
    const report = await examine(made);
    expect(troubles(report)).toEqual([
      "problem skills: .agents/skills/alpha is missing",
      "problem skills: .claude/skills/alpha is a link that leads nowhere",
      "warning skills: .agents/skills/beta is not as it was installed",
      "warning leftovers: 1 folder that an interrupted install has left",
      "warning links: 1 link that skills did not make, in folders of agents, leading nowhere",
    ]);
    expect(report.problems).toBe(2);
    const { code, stderr } = await made.skills(["doctor"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error EDOCTOR: 2 problems found\nhint: Each problem of the report says what to do about it.\n",
    });
  });

  test("is content again after the install that it advises", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/alpha"]);
    await rm(join(made.folder, ".agents/skills"), { recursive: true });
    expect(troubles(await examine(made))).toHaveLength(2);
    await made.skills(["install"]);
    expect(troubles(await examine(made))).toEqual([]);
  });

  test("compares skills.json with skills.lock", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/alpha"]);
    await made.file(
      "skills.json",
      JSON.stringify({ skills: { "@acme/beta": "^2.0.0" }, agents: ["nobody"] }),
    );
    const { findings } = await examine(made);
    expect(findings.find(({ check }) => check === "drift")).toMatchObject({
      state: "problem",
      hint: "Run skills install, and commit skills.lock.",
      items: [
        "@acme/beta@^2.0.0 is not in skills.lock",
        "@acme/alpha is in skills.lock, and nothing wants it",
      ],
    });
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "agents", state: "problem", message: 'there is no agent "nobody"' }),
    );
  });

  test("finds a skill of the same name that somebody put into another folder", async () => {
    await using made = await project({ ".cursor/rules.md": "" });
    await made.skills(["add", "@acme/alpha", "--agent", "cursor"]);
    await made.file(".claude/skills/mine/SKILL.md", "---\nname: alpha\ndescription: Mine.\n---\n");
    expect(troubles(await examine(made))).toEqual([
      "warning duplicates: cursor: there are 2 skills called alpha: .agents/skills/alpha, .claude/skills/mine",
    ]);
  });

  test("adds up what project and home cost, and warns above the limit", async () => {
    await using made = await project();
    const text = `---\nname: long\ndescription: ${"d".repeat(1_000)}\n---\n`;
    await made.file("../home/.claude/skills/long/SKILL.md", text);
    const { stdout, code } = await made.skills(["doctor"], {
      env: { SLASH_COMMAND_TOOL_CHAR_BUDGET: "500" },
    });
    expect(code).toBe(0);
    expect(stdout).toContain(
      "claude-code: 1 skill in ~/.claude/skills; 1,004 of 500 characters (about 251 tokens)",
    );
    expect(stdout).toContain("→ Remove skills that claude-code does not need");
    expect((await examine(made, "--global")).agents).toMatchObject([{ agent: "claude-code", skills: 1 }]);
  });

  test("says which versions were deprecated or withdrawn since", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/old", "@acme/bad"]);
    await deprecate("old", "use @acme/alpha");
    await withdraw("bad", "it sent contracts to a stranger");
    const report = await examine(made);
    expect(troubles(report)).toEqual([
      expect.stringMatching(/^problem versions: @acme\/bad@1\.0\.0 cannot be had any more: .*to a stranger/),
      "warning versions: @acme/old@1.0.0 is deprecated: use @acme/alpha",
    ]);
  });

  async function deprecate(skill: string, reason: string): Promise<void> {
    const path = `/@acme%2f${skill}`;
    const packument: { versions: Record<string, object> } = await (
      await registry.fetch(path, { token })
    ).json();
    packument.versions["1.0.0"] = { ...packument.versions["1.0.0"], deprecated: reason };
    await registry.fetch(path, { method: "PUT", body: JSON.stringify(packument), token });
  }

  async function withdraw(skill: string, reason: string): Promise<void> {
    const name = parsePackageName(`@acme/${skill}`);
    if (name === undefined) throw new Error("not a name");
    const target = { name, version: "1.0.0", reason, detail: {} };
    await quarantine({ metadata: registry.metadata, now: () => new Date() }, OPERATOR, target);
  }

  test("knows a registry that does not answer from one that does not know us, and from nobody's", async () => {
    await using made = await project();
    const { host } = new URL(registry.url);
    await made.file("../home/.npmrc", `registry=${registry.url}/\n`);
    expect(messageOf(await examine(made), "registry")).toBe(
      `ok: ${registry.url}/ answers; you are not logged in`,
    );
    await made.file(
      "../home/.npmrc",
      `registry=${registry.url}/\n//${host}/:_authToken=skl_no-token-any-more\n`,
    );
    expect(messageOf(await examine(made), "registry")).toBe(
      `warning: ${registry.url}/ does not take the login in .npmrc`,
    );
    const silent = await examine(made, "--registry", "http://127.0.0.1:9/");
    expect(messageOf(silent, "registry")).toContain("problem: asking 127.0.0.1:9 failed");
    expect(silent.problems).toBe(1);
    const offline = await examine(made, "--registry", "http://127.0.0.1:9/", "--offline");
    expect(messageOf(offline, "registry")).toBe("ok: not asked: --offline");
  });

  function messageOf({ findings }: Report, check: string): string {
    return findings
      .filter((finding) => finding.check === check)
      .map(({ state, message }) => `${state}: ${message}`)
      .join("\n");
  }

  test("reports files that cannot be read, and looks at the rest all the same", async () => {
    await using made = await project();
    await made.skills(["add", "@acme/alpha"]);
    await made.file("skills.json", '{ "skills": { "x": 1 } }');
    await made.file("skills.lock", "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n");
    const report = await examine(made);
    expect(troubles(report)).toEqual([
      expect.stringContaining("problem files: "),
      "problem files: skills.lock holds an unresolved merge conflict",
    ]);
    expect(report.agents).toMatchObject([{ agent: "claude-code", skills: 1 }]);
    expect(messageOf(report, "skills") + messageOf(report, "drift")).toBe("");
  });

  test("lists every agent with its folder, those of skills.json too", async () => {
    await using made = await project({ "skills.json": '{"skills":{},"folders":{"ours":"tools/skills"}}' });
    const { stdout } = await made.skills(["doctor", "--agents"]);
    expect(stdout).toMatch(/^claude-code +Claude Code +\.claude\/skills +found here$/m);
    expect(stdout).toMatch(/^windsurf +Windsurf +\.windsurf\/skills$/m);
    expect(stdout).toMatch(/^ours +ours +tools\/skills +found here$/m);
    const global = await made.skills(["doctor", "--agents", "--global"]);
    expect(global.stdout).toMatch(/^windsurf +Windsurf +~\/\.codeium\/windsurf\/skills$/m);
    expect(global.stdout).not.toContain("promptscript");
  });
});
